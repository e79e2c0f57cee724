"""What a mail server's refusal means: the address does not exist, or only this mail was not wanted."""

from __future__ import annotations

import re

OF_ADDRESSES = {550, 551, 553}
ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.\d{1,3}\b")


def refuses_address(code: int, words: str) -> bool:
    """Whether a reply to the address (RFC 5321, 4.2.3; RFC 3463) says that it will never take mail.

    5.7.x is about who sends and what (a policy), 5.2.2 a full mailbox: the address may be right.
    """
    if code < 500:
        return False
    found = ENHANCED.search(words)
    if found is None:
        return code in OF_ADDRESSES
    return found[1] == "5" and (found[2] == "1" or found.group() == "5.2.1")


def bounced_for_good(event: str, told: str) -> bool:
    """Whether what a mail service reports means that the address takes no mail: it bounced, or the service refuses it.

    `told` is all that it says about it; a soft or transient bounce is the service's to try again.
    """
    if event == "rejected":
        return True
    if event != "bounced":
        return False
    found = ENHANCED.search(told)
    is_soft = bool(re.search(r"soft|transient|mailbox.?full|\b4\d\d\b", told, re.IGNORECASE))
    return not is_soft and (found is None or refuses_address(550, found.group()))

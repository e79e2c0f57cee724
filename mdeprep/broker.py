"""Celery's broker in a folder, for an installation on one computer: kombu's, but a message is there whole or not at all.

kombu opens the file of a message before it writes into it. A worker that looks in between takes an empty file: it ends,
and the message is lost.
"""

from __future__ import annotations

import time
import uuid
from pathlib import Path
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):  # type: ignore[misc]
    def _put(self, queue: str, payload: Any, **_kwargs: Any) -> None:  # type: ignore[override]
        folder, this = Path(self.data_folder_out), uuid.uuid4()
        half = folder / f"{this}.half"
        try:
            half.write_text(dumps(payload), encoding="utf-8")  # type: ignore[no-untyped-call]
            half.replace(folder / f"{time.monotonic_ns()}_{this}.{queue}.msg")
        except OSError as error:
            raise ChannelError(f"Cannot put a message into {folder}") from error


class Transport(filesystem.Transport):  # type: ignore[misc]
    Channel = Channel

"""Reads PowerShell as its own tokenizer does, as far as strings, comments, variables and brackets go.

No PowerShell is to be had where these tests run, so this says which characters of a script are code. It follows what
PowerShell does, not what most people know of it: five characters open and close a single-quoted string, four a
double-quoted one, and inside of the first nothing but a doubled quotation mark means anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

SINGLE, DOUBLE = "'\u2018\u2019\u201a\u201b", '"\u201c\u201d\u201e'
OPENS, CLOSES = {"(": ")", "{": "}", "[": "]"}, {")", "}", "]"}
_VARIABLE = re.compile(r"\$(?:\{[^}]*\}|[A-Za-z_][\w:]*|[$?^])")
_WORD = re.compile(r"[A-Za-z_][\w.-]*")
_HERE = re.compile(rf"@([{SINGLE}{DOUBLE}])[ \t]*\n")
_BEFORE_A_COMMENT = set(" \t\r\n({[;,|&=")


class Broken(Exception):
    """This is no script: a string, a comment or a bracket does not end."""


@dataclass(frozen=True)
class Token:
    """`value` of a string is what it stands for, without its quotation marks."""

    kind: str
    text: str
    value: str = ""


def tokens(script: str) -> list[Token]:
    found: list[Token] = []
    open_: list[str] = []
    script = script.removeprefix("\ufeff")
    at = 0
    while at < len(script):
        token = _next(script, at)
        at += len(token.text)
        if token.kind == "space":
            continue
        if token.text in OPENS and token.kind == "code":
            open_.append(OPENS[token.text])
        if token.text in CLOSES and token.kind == "code" and (not open_ or open_.pop() != token.text):
            raise Broken(f"{token.text} closes nothing at {at}")
        found.append(token)
    if open_:
        raise Broken(f"{open_[-1]} is missing")
    return found


def _next(script: str, at: int) -> Token:
    char = script[at]
    if char.isspace():
        return Token("space", char)
    if script.startswith("<#", at):
        return Token("comment", _upto(script, at, "#>", at + 2))
    if char == "#" and (at == 0 or script[at - 1] in _BEFORE_A_COMMENT):
        end = script.find("\n", at)
        return Token("comment", script[at : end if end >= 0 else len(script)])
    if here := _HERE.match(script, at):
        end = f"\n{here[1]}@"
        text = _upto(script, at, end, here.end() - 1)
        return Token("here-string", text, text[here.end() - at : -len(end)])
    if char in SINGLE:
        return _quoted(script, at, SINGLE, "string", "")
    if char in DOUBLE:
        return _quoted(script, at, DOUBLE, "expandable", "`")
    if char == "`":
        return Token("escape", script[at : at + 2])
    for pattern, kind in ((_VARIABLE, "variable"), (_WORD, "word")):
        if match := pattern.match(script, at):
            return Token(kind, match[0])
    return Token("code", char)


def _upto(script: str, at: int, end: str, look_from: int) -> str:
    found = script.find(end, look_from)
    if found < 0:
        raise Broken(f"nothing ends what begins at {at}")
    return script[at : found + len(end)]


def _quoted(script: str, start: int, marks: str, kind: str, escape: str) -> Token:
    at, value = start + 1, []
    while at < len(script):
        char = script[at]
        if escape and char == escape:
            value.append(script[at : at + 2])
            at += 2
        elif char in marks:
            if script[at + 1 : at + 2] not in marks or at + 1 == len(script):
                return Token(kind, script[start : at + 1], "".join(value))
            value.append(script[at + 1])
            at += 2
        else:
            value.append(char)
            at += 1
    raise Broken(f"nothing ends the string at {start}")

"""Why a file, or a line of it, cannot be read: said in one sentence, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _


class CannotRead(Exception):
    """The file is no list of devices that could be counted. `code` and `values` make the sentence."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code, self.values = code, values

    def __str__(self) -> str:
        return sentence(self.code, self.values)


def with_numbers(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as sentences show them: thousands apart."""
    return {name: f"{v:,}" if isinstance(v, int) else v for name, v in values.items()}


def sentence(code: str, values: Mapping[str, Any]) -> str:
    """What is wrong with the whole file, and what helps."""
    said = {
        "empty": _("The file is empty. Export the list again."),
        "headers_only": _("The file has column headers but no devices. Export the list again."),
        "json_broken": _(
            "No device can be read in this JSON file: it is damaged, ends in the middle, or lists something else. "
            "Export the list again."
        ),
        "too_large": _("The file is larger than %(most)s MB. Export fewer columns, or one platform at a time."),
        "workbook": _(
            "This workbook cannot be opened: it is damaged, protected by a password, or of an old kind. Save it as "
            "“Excel workbook (.xlsx)” or “CSV UTF-8”, and choose that file."
        ),
        "workbook_large": _(
            "This workbook would take more than %(most)s MB of memory. Save it as “CSV UTF-8” and choose that file."
        ),
        "archive": _("This is an archive. Unpack it, and choose the export that is in it."),
        "licences": _("This is a list of licences, not of devices. Enter licences in the section “Licences”."),
        "binary": _(
            "This is not an export that can be read. Choose the file as it was saved, as .csv, .xlsx or .json."
        ),
        "unknown_format": _(
            "mdeprep does not recognise the columns of this file. It reads exports of Intune, Configuration Manager, "
            "Active Directory, Entra, the Defender portal, RVTools and Azure Migrate, and any list with the column "
            "“Operating system”."
        ),
        "other_format": _("This file has not the columns of “%(format)s”: “%(missing)s” is missing."),
        "none_readable": _(
            "None of the %(rows)s rows could be read: their columns are not separated as those of the headers."
        ),
        "none_understood": _(
            "None of the %(rows)s rows could be read. Line %(line)s: %(value)s %(wrong)s. Accepted: %(accepted)s."
        ),
        "no_headers": _(
            "The first line of this file is a device, not the names of the columns. Export it with its headers, or add "
            "a first line that names the columns."
        ),
        "no_systems": _(
            "That column does not hold operating systems: nothing of it was kept. Which column says, for example, "
            "“Windows 11 Enterprise”?"
        ),
        "gone": _("The file is no longer there. Choose it again."),
        "expired": _("Nobody applied this within a day, so the file was deleted. Choose it again."),
        "stopped": _("Reading stopped for a reason that is not in the file. Choose the file again."),
    }.get(code, code)
    shown = with_numbers(values)
    if code == "none_understood":
        why, value = str(values["problem"]), values["value"]
        shown |= {"wrong": what_is_wrong(why, {}), "accepted": what_is_accepted(why)}
        shown["value"] = f"“{value}”" if value else _("a value")
    return said % shown


def what_is_wrong(code: str, values: Mapping[str, Any]) -> str:
    """What is wrong with one line."""
    said = {
        "cells": _("has %(found)s columns instead of %(wanted)s"),
        "day": _("is no day"),
        "nul": _("contains characters that no text has"),
        "too_long": _("is too long"),
        "quote": _("opens a quotation mark that nothing closes"),
        "json": _("is no JSON; what follows it was not read"),
    }.get(code, code)
    return said % dict(values)


def what_is_accepted(code: str) -> str:
    return {
        "cells": _("as many columns as there are headers"),
        "day": _("a day such as 2026-11-05, 05.11.2026 or 11/5/2026, or nothing"),
        "nul": _("plain text"),
        "too_long": _("200 characters or fewer"),
        "quote": _("quotation marks in pairs"),
        "json": _("an array of devices, or pages as Microsoft Graph gives them"),
    }.get(code, "")

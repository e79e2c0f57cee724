"""What a field of the plan means for a signature, declared where the field is declared.

material: a change ends the signature. counted: it may drift within the tolerance that was signed.
progress: never ends a signature, always on the history. wording: neither signed nor counted.
"""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

MATERIAL, COUNTED, PROGRESS, WORDING = "material", "counted", "progress", "wording"
SIGNED = {MATERIAL, COUNTED}


def _without_nul(value: str) -> str:
    if "\x00" in value:
        raise ValueError("must not contain the character U+0000")
    return value


Line = Annotated[str, StringConstraints(max_length=200), AfterValidator(_without_nul)]
Text = Annotated[str, StringConstraints(max_length=4000), AfterValidator(_without_nul)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]{0,59}$")]
Count = Annotated[int, Field(ge=0, le=100_000_000)]


def material(title: str, default: Any = ...) -> Any:
    return Field(default, title=title, json_schema_extra={"signature": MATERIAL})


def counted(title: str, default: Any = ...) -> Any:
    return Field(default, title=title, json_schema_extra={"signature": COUNTED})


def progress(title: str, default: Any = ...) -> Any:
    return Field(default, title=title, json_schema_extra={"signature": PROGRESS})


def wording(title: str, default: Any = ...) -> Any:
    return Field(default, title=title, json_schema_extra={"signature": WORDING})


class Frozen(BaseModel):
    model_config = ConfigDict(
        defer_build=True, frozen=True, extra="forbid", use_enum_values=True, validate_default=True
    )


class Row(Frozen):
    """A row of a section. `key` names it in differences and links, and is not signed."""

    key: Key
    does_not_apply: Text = material("Does not apply, because", "")


@cache
def classes(row: type[BaseModel]) -> dict[str, str]:
    """Name of each field of a row type (but `key`) -> its class. Raises TypeError for a field that declares none."""
    found: dict[str, str] = {}
    for name, field in row.model_fields.items():
        if name == "key":
            continue
        extra = field.json_schema_extra
        if not isinstance(extra, dict) or "signature" not in extra:
            raise TypeError(f"{row.__name__}.{name} does not say what it means for a signature.")
        found[name] = str(extra["signature"])
    return found

"""What a field of the plan means for a signature, declared where the field is declared.

material: a change ends the signature. counted: it may drift within the tolerance that was signed.
progress: never ends a signature, always on the history. wording: neither signed nor counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Annotated, Any, NamedTuple, Self, dataclass_transform

import msgspec

MATERIAL, COUNTED, PROGRESS, WORDING = "material", "counted", "progress", "wording"
SIGNED = {MATERIAL, COUNTED}

WITHOUT_NUL = r"^[^\x00]*\Z"
Line = Annotated[str, msgspec.Meta(max_length=200, pattern=WITHOUT_NUL)]
Text = Annotated[str, msgspec.Meta(max_length=4000, pattern=WITHOUT_NUL)]
Key = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9.-]{0,59}\Z")]
Count = Annotated[int, msgspec.Meta(ge=0, le=100_000_000)]


class Meaning(NamedTuple):
    """What a field is called on the screen, and what it means for a signature."""

    title: str
    signature: str


def material(title: str) -> Meaning:
    return Meaning(title, MATERIAL)


def counted(title: str) -> Meaning:
    return Meaning(title, COUNTED)


def progress(title: str) -> Meaning:
    return Meaning(title, PROGRESS)


def wording(title: str) -> Meaning:
    return Meaning(title, WORDING)


class _ByName(msgspec.StructMeta):
    """Fields are given by name alone, in every type: so one without a default may follow one that has one."""

    def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any], **options: Any) -> Any:
        return super().__new__(cls, name, bases, body, kw_only=True, **options)


@dataclass_transform(eq_default=False, frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class Frozen(msgspec.Struct, metaclass=_ByName, frozen=True, forbid_unknown_fields=True):
    """A value of the document. Only what is read from outside is checked (`stakeholders.plan.from_plain`)."""

    def replaced(self, **values: Any) -> Self:
        """The same with some values replaced."""
        return msgspec.structs.replace(self, **values)


class Row(Frozen):
    """A row of a section. `key` names it in differences and links, and is not signed."""

    key: Key
    does_not_apply: Annotated[Text, material("Does not apply, because")] = ""


class Field(NamedTuple):
    """A field of a type of the document. `kind`: what it holds, without what it means."""

    kind: Any
    default: Any
    meaning: Meaning | None

    @property
    def title(self) -> str:
        return self.meaning.title if self.meaning else ""

    @property
    def is_required(self) -> bool:
        return self.default is msgspec.NODEFAULT


@cache
def fields_of(kind: type[Frozen]) -> Mapping[str, Field]:
    """The fields of a type, by name."""
    return MappingProxyType({each.name: _field(each.type, each.default) for each in msgspec.structs.fields(kind)})


def _field(annotated: Any, default: Any) -> Field:
    told = getattr(annotated, "__metadata__", ())
    meaning = next((each for each in told if isinstance(each, Meaning)), None)
    return Field(annotated.__origin__ if told else annotated, default, meaning)


@cache
def classes(row: type[Frozen]) -> dict[str, str]:
    """Name of each field of a row type (but `key`) -> its class. Raises TypeError for a field that declares none."""
    found: dict[str, str] = {}
    for name, field in fields_of(row).items():
        if name == "key":
            continue
        if field.meaning is None:
            raise TypeError(f"{row.__name__}.{name} does not say what it means for a signature.")
        found[name] = field.meaning.signature
    return found

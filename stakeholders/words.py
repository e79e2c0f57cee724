"""Names of sections, as the screens and mails say them."""

from collections.abc import Collection, Iterable, Mapping

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from projects.document import SECTIONS, Section
from stakeholders.document import Stakeholders

ALL: dict[str, type[Section]] = {"stakeholders": Stakeholders, **SECTIONS}


def section_title(name: str) -> str:
    return _(ALL[name].title)


def titles(names: Iterable[str]) -> str:
    """In a sentence, in the order of the plan: "Environment, Licences and Access"."""
    return get_text_list([section_title(name) for name in in_order(names)], _("and"))


def in_order(names: Iterable[str]) -> list[str]:
    """Sections in the order in which people read them: a database may keep them in its own."""
    wanted = set(names)
    return [name for name in ALL if name in wanted]


def scope_in_words(scope: Collection[str]) -> str:
    return ", ".join(section_title(name) for name in scope) if scope else _("all sections")


def in_plan_order(by_section: Mapping[str, str]) -> dict[str, str]:
    """In the order of the plan: a database may give what is kept by section in another."""
    return {**{name: by_section[name] for name in ALL if name in by_section}, **by_section}

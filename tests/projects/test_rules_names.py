"""Names as people write them: what cannot be seen is refused, what the catalogue does not have gets its nearest."""

from __future__ import annotations

import pytest

from projects import catalog
from projects.rules import known
from projects.rules.writing import TURNING, same_name, wrong_in_line, wrong_in_text

HOSTILE = ["O'Brien", 'a "b"', "$(id)", "`id`", "<script>", "Ünïcode", "שלום", "مرحبا", "می‌خواهم", "👩‍💻", "a\\b", "%s"]


@pytest.mark.parametrize("name", HOSTILE)
def test_letters_of_every_kind_are_kept(name):
    assert wrong_in_line(name) == wrong_in_text(name) == ""


@pytest.mark.parametrize("character", sorted(TURNING))
def test_what_turns_the_reading_direction_is_refused_and_named(character):
    for wrong in (wrong_in_line(f"a{character}b"), wrong_in_text(f"a{character}b")):
        assert f"U+{ord(character):04X}" in wrong
        assert "turns the reading direction" in wrong


@pytest.mark.parametrize("text", ["a\nb", "a\r\nb", "a\u2028b", "a\x85b"])
def test_a_line_has_no_break_in_it(text):
    assert wrong_in_line(text) == "This is one line: take the line break out."


def test_a_text_may_have_lines_and_neither_has_what_cannot_be_seen():
    assert wrong_in_text("a\n\tb\r\nc") == ""
    for text in ("a\x1bb", "a\u200bb", "\ufeffa"):
        assert "cannot be seen" in wrong_in_line(text)
        assert "cannot be seen" in wrong_in_text(text)


def test_names_are_compared_without_case_and_spaces():
    assert same_name(" SOC  Tier1") == same_name("soc tier1")
    assert same_name("ＳＯＣ") == same_name("soc")
    assert same_name("SOC-1") != same_name("SOC 1")


@pytest.mark.parametrize(
    "text",
    ["security-reader", "Security Reader", " security READER ", "5d6b6bb7-de71-4623-b4af-96380a352509",
     "{5D6B6BB7-DE71-4623-B4AF-96380A352509}"],
)  # fmt: skip
def test_an_entra_role_is_found_by_key_name_and_identifier(text):
    assert known.entra_roles().find(text) == "security-reader"


def test_every_name_of_the_catalogue_finds_itself():
    for key, role in catalog.entra_roles().items():
        assert {known.entra_roles().find(text) for text in (key, role.name, role.template_id)} == {key}
    for key, task in catalog.tasks().items():
        assert known.tasks().find(task.label) == key


@pytest.mark.parametrize(
    ("names", "text", "words"),
    [
        (
            known.entra_roles(),
            "Securty Reder",
            "There is no Entra role “Securty Reder”. Did you mean “Security Reader”",
        ),
        (known.permissions(), "alert.manage", "There is no permission “alert.manage”. Did you mean “Alerts (manage)”"),
        (known.tasks(), "triage_alert", "There is no task “triage_alert”. Did you mean “Sort alerts"),
        (known.entra_roles(), "qqqqqq", "There is no Entra role “qqqqqq”."),
        (
            known.entra_roles(),
            "00000000-de71-4623-b4af-96380a352509",
            "No Entra role that mdeprep knows has the identifier 00000000-de71-4623-b4af-96380a352509.",
        ),
    ],
)
def test_an_unknown_name_gets_the_nearest_ones(names, text, words):
    assert names.find(text) is None
    assert names.unknown(text).startswith(words)

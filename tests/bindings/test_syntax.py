"""Faults of YAML in a person's words, whichever form of the parser finds them."""

import pytest
import yaml

from recorder.bindings.syntax import fault

TAB = "a tab, where only spaces may stand: indent with spaces"
COLON = "a colon where none can stand: quote the value, or mend the line above"
KEY = "it is no key of the mapping above: mend its indent or its quotes"
ITEM = "it is no item of the list above: mend its indent, or begin it with -"
FAULTS = [
    ("hosts:\n\tmedia: 1\n", 2, TAB),
    ("a: b\n\tc: d\n", 2, TAB),
    ("a: @b\n", 1, "no value begins with @: quote it"),
    ("a: `b\n", 1, "no value begins with `: quote it"),
    ("a: b: c\n", 1, COLON),
    ("hosts\nb: 1\n", 2, COLON),
    ("a: - 1\n", 1, "a list begins on a line of its own, under its key"),
    ("a:\n  b: 1\n c: 2\n", 3, KEY),
    ("a: 'it's'\n", 1, KEY),
    ("- a\nb: 1\n", 2, ITEM),
    ("a: 1\nb: 'x\nc: 2\n", 2, "a quote is opened and not closed"),
    ("a: 1\nb: {c: 1\nd: 2\n", 2, "a { is opened and not closed, or a comma is missing"),
    ("a: [1, 2\nb: 3\n", 1, "a [ is opened and not closed, or a comma is missing"),
    ("gaps: [\n", 2, "a [ or { is opened and not closed"),
    ('a: "C:\\d"\n', 1, r"a backslash in double quotes: write \\, or quote with '"),
]
LOADERS = [yaml.SafeLoader, *([yaml.CSafeLoader] if yaml.__with_libyaml__ else [])]


@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize(("text", "line", "words"), FAULTS)
def test_a_fault_is_told_as_what_a_person_typed(
    text: str, line: int, words: str, loader: type
) -> None:
    """On the line to mend, without the grammar's words."""
    with pytest.raises(yaml.MarkedYAMLError) as raised:
        list(yaml.parse(text, Loader=loader))
    assert fault(text, raised.value) == (line, f"not YAML: {words}")

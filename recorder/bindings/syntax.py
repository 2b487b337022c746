"""What is wrong where text is no YAML, in words a person can act on: pure.

A parser says what it expected of its grammar; a person indented with a tab, or forgot a quote. Its
two forms, in C and in Python, word the same fault differently: both are known here.
"""

import re
from typing import TYPE_CHECKING

from recorder.bindings.spelling import plain

if TYPE_CHECKING:
    import yaml

TAB = "a tab, where only spaces may stand: indent with spaces"
QUOTE = "a quote is opened and not closed"
MAPPING = "a { is opened and not closed, or a comma is missing"
LIST = "a [ is opened and not closed, or a comma is missing"
# What the parser was about, and what it complains of → what is wrong.
WORDS = (
    ("", "tab character", TAB),
    (
        "",
        "mapping values are not allowed",
        "a colon where none can stand: quote the value, or mend the line above",
    ),
    ("", "sequence entries are not allowed", "a list begins on a line of its own, under its key"),
    ("", "undefined alias", "what begins with * stands for another value: quote it"),
    ("", "unknown escape", r"a backslash in double quotes: write \\, or quote with '"),
    ("", "could not find expected ':'", "a key without its colon"),
    ("quoted scalar", "end of stream", QUOTE),
    ("flow mapping", "'}'", MAPPING),
    ("flow sequence", "']'", LIST),
    ("flow node", "", "a [ or { is opened and not closed"),
    ("block mapping", "", "it is no key of the mapping above: mend its indent or its quotes"),
    (
        "block collection",
        "",
        "it is no item of the list above: mend its indent, or begin it with -",
    ),
)
AT_ITS_BEGINNING = (QUOTE, MAPPING, LIST)  # told of where it was opened


def fault(text: str, error: "yaml.MarkedYAMLError") -> tuple[int, str]:
    """The line of a fault, counted from 1, and what it is."""
    mark = error.problem_mark or error.context_mark
    words = _words(text, error)
    if words in AT_ITS_BEGINNING and error.context_mark:
        mark = error.context_mark
    return 1 if mark is None else mark.line + 1, f"not YAML: {words}"


def _words(text: str, error: "yaml.MarkedYAMLError") -> str:
    context, problem = error.context or "", error.problem or "unreadable"
    if "cannot start any token" in problem:
        return _wrong_start(text, error)
    for about, complaint, words in WORDS:
        if about in context and complaint in problem:
            return words
    return plain(problem)


def _wrong_start(text: str, error: "yaml.MarkedYAMLError") -> str:
    mark = error.problem_mark
    lines = re.split(r"\r\n|[\n\r\x85\u2028\u2029]", text)
    found = "" if mark is None else lines[mark.line][mark.column : mark.column + 1]
    return TAB if found == "\t" else f"no value begins with {plain(found)}: quote it"

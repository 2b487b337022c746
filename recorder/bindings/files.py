"""A binding file on disk, opened as a section."""

from pathlib import Path

from recorder.bindings.entry import Kind
from recorder.bindings.mistakes import Mistakes
from recorder.bindings.section import Section
from recorder.bindings.tree import parse


def open_file(
    folder: Path, name: str, mistakes: Mistakes, *, strict: bool = True
) -> Section | None:
    """The mapping a file holds; None where the file is absent, empty or can't be read.

    In a file read strictly, emptiness and whatever `parse` finds in that mode are mistakes.
    """
    try:
        content = (folder / name).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        mistakes.add(name, 1, f"cannot be read: {error.strerror}")
        return None
    entry = parse(content, name, mistakes, strict=strict)
    if entry is None:
        return None
    if entry.kind is Kind.MAPPING:
        return Section(entry, name, "", mistakes)
    if entry.kind is not Kind.NOTHING:
        mistakes.add(name, entry.line, f"must be a mapping of keys, not {entry.kind}")
    elif strict:
        mistakes.add(name, 1, "the file is empty")
    return None

"""A mapping of a binding file, read key by key. What is wrong is noted, and reading goes on.

Every reader gives None (or nothing) for a key that is absent, null or wrong, so that one pass over
a file finds all of its mistakes. Text that comes out is printable and not empty.
"""

import math
import re
from collections.abc import Collection, Iterator, Mapping

from recorder.bindings.entry import Entry, Kind
from recorder.bindings.mistakes import Mistakes
from recorder.bindings.spelling import did_you_mean, near_miss, plain, quoted
from recorder.frozen import frozen

WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
DECIMAL = re.compile(r"[-+]?[0-9]{1,18}(\.[0-9]{0,18})?")
FLAGS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
LONGEST_WAIT_SEC = 600
PORTS = (1, 65535)
RETRIES = (0, 10)
NUMBERS = (0, 999_999_999)  # what a hypervisor calls its VMs


@frozen
class Section:
    """An entry, and the way to it in its file."""

    entry: Entry
    file: str
    where: str
    mistakes: Mistakes

    def wrong(self, key: str, text: str) -> None:
        """Note a mistake at a key, on its line where it has one."""
        entry = self.entry.fields.get(key, self.entry)
        where = self._path(key)
        self.mistakes.add(self.file, entry.line, f"{where}: {text}" if where else text)

    def given(self, key: str) -> bool:
        """Whether a key has a value, even a wrong or an empty one."""
        return self._value(key) is not None

    def line(self, key: str) -> int:
        """The line of a key; the section's own where the key is absent."""
        return self.entry.fields.get(key, self.entry).line

    def check_keys(self, known: Collection[str], meant: Mapping[str, str] | None = None) -> None:
        """Refuse near-misses of the known keys, and words that are `meant` for an absent one."""
        for key in self.entry.fields:
            if key in known:
                continue
            guess = near_miss(key, known)
            other = (meant or {}).get(key)
            if guess is None and other is not None and not self.given(other):
                guess = other
            if guess is not None:
                self.wrong(key, f"unknown key (did you mean {quoted(guess)}?)")

    def peek(self, key: str) -> tuple[str, ...]:
        """The text or texts of a key, without a word about what else may stand there."""
        entry = self.entry.fields.get(key, self.entry)
        return tuple(item.text for item in (entry, *entry.items) if item.kind is Kind.TEXT)

    def text(self, key: str, *, required: bool = False) -> str | None:
        """A line of text."""
        entry = self._value(key, required=required)
        if entry is None:
            return None
        return self._as_text(key, entry)

    def prose(self, key: str) -> str | None:
        """Text of any number of lines, as one line."""
        entry = self._value(key)
        if entry is None or entry.kind in (Kind.LIST, Kind.MAPPING):
            return None
        return plain(" ".join(entry.text.split())) or None

    def choice(self, key: str, choices: Collection[str], *, required: bool = False) -> str | None:
        """One of a few words."""
        word = self.text(key, required=required)
        if word is None or word in choices:
            return word
        self.wrong(
            key, f"must be {listing(choices)}, not {quoted(word)}{did_you_mean(word, choices)}"
        )
        return None

    def known(self, key: str, names: Collection[str], kind: str) -> str | None:
        """A name, which has to be one of those declared."""
        name = self.text(key, required=True)
        if name is None or name in names:
            return name
        self.wrong(key, f"no {kind} {quoted(name)}{did_you_mean(name, names)}")
        return None

    def whole(self, key: str, low: int, high: int) -> int | None:
        """A whole number from low to high."""
        entry = self._value(key)
        if entry is None:
            return None
        number = int(entry.text) if WHOLE.fullmatch(entry.text) else None
        if entry.kind is Kind.NUMBER and number is not None and low <= number <= high:
            return number
        self.wrong(key, f"must be a whole number from {low} to {high}, not {_said(entry)}")
        return None

    def seconds(self, key: str) -> float | None:
        """A length of time in seconds, more than 0."""
        entry = self._value(key)
        if entry is None:
            return None
        number = float(entry.text) if DECIMAL.fullmatch(entry.text) else math.nan
        if entry.kind is Kind.NUMBER and 0 < number <= LONGEST_WAIT_SEC:
            return number
        self.wrong(key, f"must be seconds, up to {LONGEST_WAIT_SEC}, not {_said(entry)}")
        return None

    def flag(self, key: str) -> bool | None:
        entry = self._value(key)
        if entry is None:
            return None
        if entry.kind is Kind.FLAG and entry.text.casefold() in FLAGS:
            return FLAGS[entry.text.casefold()]
        self.wrong(key, f"must be true or false, not {_said(entry)}")
        return None

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; a single one needs no list."""
        entry = self._value(key)
        if entry is None:
            return ()
        if entry.kind is not Kind.LIST:
            only = self._as_text(key, entry)
            return () if only is None else (only,)
        entries = [self._as_text(key, item) for item in entry.items]
        return tuple(text for text in entries if text is not None)

    def section(self, key: str) -> "Section":
        """The mapping at a key; an empty one where there is none."""
        entry = self._value(key)
        if entry is None or not self._is(key, entry, Kind.MAPPING):
            entry = Entry(Kind.MAPPING, self.line(key))
        return Section(entry, self.file, self._path(key), self.mistakes)

    def sections(self, key: str) -> Iterator[tuple[str, "Section"]]:
        """The named mappings of the mapping at a key. A name alone is an empty one."""
        parent = self.section(key)
        for name, entry in parent.entry.fields.items():
            if not name or not name.isprintable():
                parent.wrong(name, "a name must be printable text")
            elif entry.kind in (Kind.NOTHING, Kind.MAPPING):
                yield name, parent.section(name)
            else:
                parent.wrong(name, f"must be {Kind.MAPPING}, not {_said(entry)}")

    def listed(self, key: str) -> Iterator["Section"]:
        """The mappings of the list at a key."""
        entry = self._value(key)
        if entry is None or not self._is(key, entry, Kind.LIST):
            return
        for index, item in enumerate(entry.items):
            where = f"{self._path(key)}[{index}]"
            found = Section(item, self.file, where, self.mistakes)
            if item.kind is Kind.MAPPING:
                yield found
            else:
                self.mistakes.add(
                    self.file, item.line, f"{where}: must be a mapping, not {_said(item)}"
                )

    def _value(self, key: str, *, required: bool = False) -> Entry | None:
        entry = self.entry.fields.get(key)
        if entry is not None and entry.kind is not Kind.NOTHING:
            return entry
        if required:
            self.wrong(key, "missing")
        return None

    def _is(self, key: str, entry: Entry, kind: Kind) -> bool:
        if entry.kind is not kind:
            self.wrong(key, f"must be {kind}, not {_said(entry)}")
        return entry.kind is kind

    def _as_text(self, key: str, entry: Entry) -> str | None:
        if entry.kind is not Kind.TEXT:
            scalar = entry.kind in (Kind.NUMBER, Kind.FLAG, Kind.DATE)
            hint = " (put it in quotes)" if scalar else ""
            self.wrong(key, f"must be text, not {_said(entry)}{hint}")
        elif not entry.text or not entry.text.isprintable():
            what = "a control or invisible character" if entry.text else "nothing"
            self.wrong(key, f"must be a line of text, and holds {what}")
        else:
            return entry.text
        return None

    def _path(self, key: str) -> str:
        return ".".join(part for part in (self.where, plain(key)) if part)


def listing(words: Collection[str]) -> str:
    """Words as an alternative: `a, b or c`."""
    *first, last = words
    return f"{', '.join(first)} or {last}" if first else last


def _said(entry: Entry) -> str:
    """What stands in the file instead."""
    if entry.kind in (Kind.LIST, Kind.MAPPING, Kind.NOTHING):
        return entry.kind.value
    return quoted(entry.text) if entry.kind is Kind.TEXT else plain(entry.text[:60])

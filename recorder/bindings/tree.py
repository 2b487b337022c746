"""YAML as a tree of entries. Nothing is constructed, so nothing in a file can act.

The tree grows from PyYAML's events, not from its composer: that one recurses, and in its C form a
file of 200,000 brackets crashes the interpreter.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from recorder.bindings.entry import Entry, Kind
from recorder.bindings.mistakes import Mistakes
from recorder.bindings.spelling import plain, quoted
from recorder.bindings.syntax import fault

if TYPE_CHECKING:
    import yaml

DEEPEST = 50
TAG = "tag:yaml.org,2002:"
MERGE = TAG + "merge"
COLLECTIONS = (None, "!", TAG + "map", TAG + "seq")
SCALARS = {
    TAG + "str": Kind.TEXT,
    TAG + "int": Kind.NUMBER,
    TAG + "float": Kind.NUMBER,
    TAG + "bool": Kind.FLAG,
    TAG + "timestamp": Kind.DATE,
    TAG + "null": Kind.NOTHING,
    TAG + "value": Kind.TEXT,
    MERGE: Kind.TEXT,
}


def parse(content: bytes, file: str, mistakes: Mistakes, *, strict: bool = True) -> Entry | None:
    """Read one YAML document; None where it can't be read, a NOTHING entry where it is empty.

    `strict` finds what only looks like YAML's fault: a key said twice, a tag that constructs
    something. Without it the last of a key counts and tags are passed over.
    """
    text = _decoded(content, file, mistakes)
    if text is None:
        return None
    tree = _Tree(file, mistakes, strict=strict)
    return tree.root if tree.grow(text) else None


def _decoded(content: bytes, file: str, mistakes: Mistakes) -> str | None:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        mistakes.add(file, line, f"not UTF-8 text: byte 0x{content[error.start]:02x}")
        return None


@dataclass(slots=True)
class _Open:
    """A mapping or list whose end has not come yet."""

    kind: Kind
    line: int
    anchor: str | None
    items: list[Entry] = field(default_factory=list)
    fields: dict[str, Entry] = field(default_factory=dict)
    merged: dict[str, Entry] = field(default_factory=dict)
    key: str | None = None
    key_line: int = 0
    merging: bool = False

    def closed(self) -> Entry:
        fields = {**self.merged, **self.fields}
        return Entry(self.kind, self.line, items=tuple(self.items), fields=fields)


class _Tree:
    """The entries of one document, while its events come in."""

    def __init__(self, file: str, mistakes: Mistakes, *, strict: bool) -> None:
        import yaml  # noqa: PLC0415 - who reads no file does not pay for it

        self.yaml = yaml
        self.loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        self.tag_of: Callable[..., str] = yaml.resolver.Resolver().resolve
        self.file, self.mistakes, self.strict = file, mistakes, strict
        self.root = Entry(Kind.NOTHING, 1)
        self.stack: list[_Open] = []
        self.anchors: dict[str, Entry | None] = {}  # None: still open

    def grow(self, text: str) -> bool:
        """Take in the whole text; False where it can't be read to its end."""
        forbidden = self.yaml.reader.Reader.NON_PRINTABLE.search(text)
        if forbidden:
            line = text.count("\n", 0, forbidden.start()) + 1
            self.mistakes.add(self.file, line, f"not YAML: the character {plain(forbidden[0])}")
            return False
        try:
            return all(self._take(event) for event in self._events(text))
        except self.yaml.MarkedYAMLError as error:
            self.mistakes.add(self.file, *fault(text, error))
        return False

    def _events(self, text: str) -> "Iterator[yaml.Event]":
        events: Iterator[yaml.Event] = self.yaml.parse(text, Loader=self.loader)
        return events

    def _take(self, event: "yaml.Event") -> bool:
        line = event.start_mark.line + 1 if event.start_mark else 1
        match event:
            case self.yaml.ScalarEvent():
                self._scalar(event, line)
            case self.yaml.AliasEvent():
                self._place(self._aliased(event.anchor or "", line), line)
            case self.yaml.CollectionStartEvent():
                return self._begin(event, line)
            case self.yaml.CollectionEndEvent():
                self._end()
            case self.yaml.DocumentStartEvent() if self.root.kind is not Kind.NOTHING:
                self._wrong(line, "a second document begins here; only one is read")
                return False
        return True

    def _scalar(self, event: "yaml.ScalarEvent", line: int) -> None:
        tag = event.tag
        if tag in (None, "!"):
            tag = self.tag_of(self.yaml.ScalarNode, event.value, event.implicit)
        if tag not in SCALARS:
            self._foreign_tag(tag, line)
        if tag == MERGE and self._awaits_key():
            self.stack[-1].merging = True
        entry = Entry(SCALARS.get(tag, Kind.TEXT), line, event.value)
        self._place(self._anchored(event.anchor, entry), line)

    def _begin(self, event: "yaml.CollectionStartEvent", line: int) -> bool:
        if len(self.stack) == DEEPEST:
            self.mistakes.add(self.file, line, f"nested deeper than {DEEPEST} levels")
            return False
        if event.tag not in COLLECTIONS:
            self._foreign_tag(event.tag, line)
        mapping = isinstance(event, self.yaml.MappingStartEvent)
        if event.anchor:
            self.anchors[event.anchor] = None
        self.stack.append(_Open(Kind.MAPPING if mapping else Kind.LIST, line, event.anchor))
        return True

    def _end(self) -> None:
        done = self.stack.pop()
        self._place(self._anchored(done.anchor, done.closed()), done.line)

    def _anchored(self, anchor: str | None, entry: Entry) -> Entry:
        if anchor:
            self.anchors[anchor] = entry
        return entry

    def _aliased(self, anchor: str, line: int) -> Entry:
        entry = self.anchors.get(anchor)
        if entry is None:
            inside = anchor in self.anchors
            what = "refers to itself" if inside else "refers to nothing before it"
            self._wrong(line, f"*{plain(anchor)} {what}")
        return entry or Entry(Kind.NOTHING, line)

    def _awaits_key(self) -> bool:
        return (
            bool(self.stack) and self.stack[-1].kind is Kind.MAPPING and self.stack[-1].key is None
        )

    def _place(self, entry: Entry, line: int) -> None:
        """Put a finished entry where it belongs."""
        if not self.stack:
            self.root = entry
            return
        top = self.stack[-1]
        if top.kind is Kind.LIST:
            top.items.append(replace(entry, line=line))
        elif top.key is None:
            self._key(top, entry, line)
        elif top.merging:
            self._merge(top, entry)
            top.key, top.merging = None, False
        else:
            top.fields[top.key] = replace(entry, line=top.key_line)
            top.key = None

    def _key(self, top: _Open, entry: Entry, line: int) -> None:
        if entry.kind in (Kind.LIST, Kind.MAPPING):
            self._wrong(line, f"a key must be a word, not {entry.kind}")
        top.key, top.key_line = entry.text, line
        if self.strict and entry.text in top.fields and not top.merging:
            self._wrong(line, f"said twice, first on line {top.fields[entry.text].line}")

    def _merge(self, top: _Open, entry: Entry) -> None:
        """YAML's merge key, https://yaml.org/type/merge.html: what is said earlier wins."""
        sources = entry.items if entry.kind is Kind.LIST else (entry,)
        if any(source.kind is not Kind.MAPPING for source in sources):
            self._wrong(top.key_line, "takes a mapping or a list of mappings")
        for source in sources:
            top.merged = {**source.fields, **top.merged}

    def _foreign_tag(self, tag: str, line: int) -> None:
        if self.strict:
            name = tag.replace(TAG, "!!")
            self._wrong(line, f"the tag {quoted(name)} is not read here: write the value itself")

    def _wrong(self, line: int, text: str) -> None:
        steps = (
            f"[{len(open_.items)}]" if open_.kind is Kind.LIST else f".{plain(open_.key or '')}"
            for open_ in self.stack
            if open_.kind is Kind.LIST or open_.key is not None
        )
        where = "".join(steps).removeprefix(".")
        self.mistakes.add(self.file, line, f"{where}: {text}" if where else text)

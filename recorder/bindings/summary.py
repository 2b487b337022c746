"""The `summary:` section of media.services.yaml, the one part of a binding the program writes.

Every byte outside the section stays as it was: comments, order, line ends, a missing last newline.
The section is found by the marks of PyYAML's events, and what comes out is read again: unless it
says the same as before outside the section, nothing is written.
"""

import contextlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from recorder.bindings.folder import SERVICES
from recorder.errors import UsageError
from recorder.frozen import frozen

Summary = Mapping[str, Mapping[str, int]]  # by host, what is counted and how many
KEY = "summary"
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
AS_TEXT = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # another section's value may be no date
BOM = b"\xef\xbb\xbf"
OPENING = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
CLOSING = (yaml.MappingEndEvent, yaml.SequenceEndEvent)
LEAVES = (yaml.ScalarEvent, yaml.AliasEvent)


@frozen
class Pair:
    """A top key with its value: where they stand, in characters, and what they say."""

    begin: int
    value: int
    end: int
    said: tuple[tuple[object, ...], ...]  # event by event, the key's first

    @property
    def is_summary(self) -> bool:
        return self.said[0][:2] == (yaml.ScalarEvent, KEY)


@frozen
class Layout:
    """A binding's text, as far as it matters where a section goes."""

    pairs: tuple[Pair, ...]
    end: int  # of the last pair, and what may follow it but its end
    flow: bool  # the whole is one {…}
    indent: int  # of its keys

    @property
    def summary(self) -> Pair | None:
        return next((pair for pair in self.pairs if pair.is_summary), None)

    @property
    def others(self) -> list[tuple[tuple[object, ...], ...]]:
        """What stands outside the section."""
        return [pair.said for pair in self.pairs if not pair.is_summary]


def write_summary(folder: Path, summary: Summary) -> bool:
    """Put a summary into a folder's binding; False where it stands there already.

    The file is replaced at once, by one with its owner and mode. Raises UsageError where the
    section can't be written without changing more; OSError where the file can't.
    """
    path = (folder / SERVICES).resolve()  # a link stays a link
    content = path.read_bytes()
    changed = with_summary(content, summary)
    if changed == content:
        return False
    _replace(path, changed)
    return True


def with_summary(content: bytes, summary: Summary) -> bytes:
    """A binding's bytes with this summary. Raises UsageError where that would change more."""
    bom = BOM if content.startswith(BOM) else b""
    wanted = {host: dict(counts) for host, counts in summary.items()}
    said = {host: {name: str(n) for name, n in counts.items()} for host, counts in wanted.items()}
    text = content.removeprefix(BOM).decode("utf-8")
    try:
        if _known(text) == said:
            return content
        layout = _layout(text)
        changed = _changed(text, layout, wanted)
        kept = _layout(changed).others == layout.others and _known(changed) == said
    except yaml.YAMLError:
        kept = False
    if not kept:
        raise UsageError(
            f"{SERVICES}: its {KEY}: can't be written without changing more than that; "
            f"give it a line `{KEY}:` of its own, with nothing in it"
        )
    return bom + changed.encode()


def _known(text: str) -> object:
    """What the section says now, each value as it is written; None where there is none."""
    loaded = yaml.load(text, Loader=AS_TEXT)  # noqa: S506 - constructs text only
    return loaded.get(KEY) if isinstance(loaded, dict) else None


def _changed(text: str, layout: Layout, wanted: Summary) -> str:
    section = layout.summary
    if layout.flow:  # JSON is YAML as well
        told = json.dumps(wanted, ensure_ascii=False)
        if section:
            return text[: section.value] + told + text[section.end :]
        return f'{text[: layout.end]}, "{KEY}": {told}{text[layout.end :]}'
    ends = "\r\n" if "\r\n" in text else "\n"
    dumped = yaml.safe_dump({KEY: wanted}, sort_keys=False, allow_unicode=True, width=1 << 20)
    told = (ends + " " * layout.indent).join(dumped.splitlines())
    if section:
        return text[: section.begin] + told + text[_end_of_line(text, section.end) :]
    before, after = text[: layout.end], text[layout.end :]
    whole = before.endswith(("\n", "\r"))
    told = " " * layout.indent + told
    return f"{before}{'' if whole else ends}{told}{ends if whole or after else ''}{after}"


def _end_of_line(text: str, at: int) -> int:
    """Where the line ends that `at` is on; behind a line's end, that end."""
    if text[:at].endswith(("\n", "\r")):
        return len(text[:at].removesuffix("\n").removesuffix("\r"))
    ends = (text.find(end, at) for end in "\r\n")
    return min((end for end in ends if end >= 0), default=len(text))


def _layout(text: str) -> Layout:
    """Raises YAMLError where the text is no mapping, or one that can't be read."""
    events: list[Any] = [event for event in yaml.parse(text, Loader=LOADER) if _speaks(event)]
    if not events or not isinstance(events[0], yaml.MappingStartEvent):
        raise yaml.YAMLError("no mapping")
    root, *inside, last = events
    nodes = [*_nodes(inside)]
    pairs = tuple(_pair(key, value) for key, value in zip(nodes[::2], nodes[1::2], strict=True))
    flow, begin = bool(root.flow_style), root.start_mark.index
    end = pairs[-1].end if flow and pairs else last.start_mark.index
    line = max(text.rfind("\n", 0, begin), text.rfind("\r", 0, begin)) + 1
    return Layout(pairs, end, flow, begin - line)


def _speaks(event: Any) -> bool:  # noqa: ANN401 - PyYAML's events have no types
    return isinstance(event, (*OPENING, *CLOSING, *LEAVES))


def _nodes(events: Iterable[Any]) -> Iterator[list[Any]]:
    """The events of each node of a mapping, keys and values in turn."""
    node, depth = [], 0
    for event in events:
        node.append(event)
        depth += isinstance(event, OPENING) - isinstance(event, CLOSING)
        if not depth:
            yield node
            node = []


def _pair(key: Sequence[Any], value: Sequence[Any]) -> Pair:
    # Where a block ends is told only by what comes next: its last line's own marks are closer.
    ends = [e.end_mark.index for e in value if not isinstance(e, CLOSING) or _is_bracket(e)]
    said = tuple(_said(event) for event in (*key, *value))
    return Pair(key[0].start_mark.index, value[0].start_mark.index, max(ends), said)


def _is_bracket(event: Any) -> bool:  # noqa: ANN401 - as above
    return bool(event.end_mark.index > event.start_mark.index)


def _said(event: Any) -> tuple[object, ...]:  # noqa: ANN401 - as above
    names = ("value", "anchor", "tag", "style", "flow_style")
    return (type(event), *(getattr(event, name, None) for name in names))


def _replace(path: Path, content: bytes) -> None:
    """Put a file in the place of another, whole or not at all."""
    old = path.stat()
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            os.fchmod(file.fileno(), old.st_mode & 0o7777)
            with contextlib.suppress(PermissionError):
                os.fchown(file.fileno(), old.st_uid, old.st_gid)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise

"""Any file at all either loads or is refused with lines; it never ends in a traceback."""

import re
import tempfile
from pathlib import Path

import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from recorder.bindings import load
from recorder.bindings.hosts import DEFAULT_KEYS, HOST_KEYS
from recorder.bindings.imports import IMPORT_KEYS
from recorder.bindings.reading import TOP_KEYS
from recorder.bindings.services import OUR_KEYS
from recorder.bindings.storage import MOUNT_KEYS, VOLUME_KEYS
from recorder.errors import BindingError

SPINE = Path(__file__).parent / "spine"
FILES = sorted(str(file.relative_to(SPINE)) for file in SPINE.rglob("*.yaml"))
LINE = re.compile(r"[\w./-]+\.yaml:[1-9][0-9]*: \S.*")

words = st.sampled_from(
    sorted(
        {*TOP_KEYS, *HOST_KEYS, *DEFAULT_KEYS, *OUR_KEYS, *IMPORT_KEYS, *MOUNT_KEYS, *VOLUME_KEYS}
        | {"media", "radarr", "overlaps", "env", "file", "<<", "7878", "null", "-1", "1e999"}
    )
)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates() | words
trees = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=6),
    max_leaves=30,
)
documents = st.dictionaries(words, trees, max_size=8)


def outcome(files: dict[str, bytes]) -> list[str]:
    """The lines a folder of these files is refused with that are no lines of a mistake."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            file = Path(folder, name)
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(content)
        try:
            load(Path(folder))
        except BindingError as error:
            return [line for line in error.lines if not LINE.fullmatch(line)]
    return []


@given(st.binary() | st.text().map(str.encode))
@example(b"a: &a [*a, *a]\n")
@example(b"? {a: b}\n: c\n")
@example(b"{")
@example(b"!!python/object/apply:os.system [ls]\n")
@example(b"hosts: {a: &a {mounts: [{path: *a}]}}")
@example(b"%TAG ! tag:x,2000:\n---\n!y a: b\n")
def test_any_bytes(content: bytes) -> None:
    """Bytes that are no YAML, or YAML that is no binding, earn lines."""
    assert outcome({"media.services.yaml": content}) == []


@settings(max_examples=300)
@given(documents)
def test_any_document_of_our_words(document: object) -> None:
    """Known keys with values of every wrong kind earn lines."""
    text = yaml.safe_dump(document, allow_unicode=True)

    assert outcome({"media.services.yaml": text.encode()}) == []


@settings(max_examples=300)
@given(st.sampled_from(FILES), st.data())
def test_any_slip_of_the_finger(name: str, data: st.DataObject) -> None:
    """A good folder with a piece of one file struck out or typed over earns lines."""
    files = {file: (SPINE / file).read_bytes() for file in FILES}
    content = files[name]
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, min(start + 12, len(content))))
    typed = data.draw(st.sampled_from([b"", b":", b"[", b"- ", b"\n", b" ", b"'", b"{}", b"*x"]))
    files[name] = content[:start] + typed + content[end:]

    assert outcome(files) == []

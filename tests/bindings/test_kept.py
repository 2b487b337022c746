"""The stack as it was last read: the same as it is read now, or read anew."""

import os
import pickle
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from recorder.bindings import kept, load, stack_of
from recorder.errors import BindingError

SERVICES = """
hosts: {download-stack: {addresses: [192.0.2.209]}}
services:
  radarr: {vm: download-stack, port: 7878, health: /ping, status: active, category: management}
imports: {radarr: {service: radarr, api_key: {env: RADARR_API_KEY}}}
"""
LIFECYCLE = "vms: [{id: 209, hostname: download-stack, role: media, status: active}]\n"
LONG_AGO = 1_700_000_000


def write(file: Path, text: str) -> None:
    """Write a file, and have it look as if nobody had for years."""
    file.write_text(text, encoding="utf-8")
    os.utime(file, (LONG_AGO, LONG_AGO))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A bindings folder, and a cache folder that holds nothing."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(kept, "SETTLED_NS", 0)
    write(tmp_path / "media.services.yaml", SERVICES)
    return tmp_path


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[Path | None]:
    """The folders that are read."""
    read: list[Path | None] = []

    def reading(folder: Path | None) -> object:
        read.append(folder)
        return load(folder)

    monkeypatch.setattr("recorder.bindings.reading.load", reading)
    return read


def test_a_stack_is_read_once(folder: Path, readings: list[Path | None]) -> None:
    """Bindings that nobody changed are read once, and are what they were."""
    assert [stack_of(folder), stack_of(folder)] == [load(folder)] * 2
    assert readings == [folder]


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: write(folder / "media.services.yaml", SERVICES.replace("78", "79")),
        lambda folder: (folder / "media.services.yaml").touch(),
        lambda folder: write(folder / "vm.lifecycle.yaml", LIFECYCLE),
        lambda folder: (folder / "ssh.targets.yaml").unlink(),
        lambda folder: (folder / "ha.addons.yaml").write_text("addons: []\n", "utf-8"),
    ],
)
def test_a_change_is_seen(
    folder: Path, readings: list[Path | None], change: Callable[[Path], None]
) -> None:
    """Bindings one file of which is another, new or gone are read again."""
    write(folder / "ssh.targets.yaml", "ssh: {targets: [{id: download-stack, port: 2222}]}\n")
    stack_of(folder)
    change(folder)
    assert stack_of(folder) == load(folder)
    assert len(readings) == 2


def test_what_is_being_written_is_not_kept(
    folder: Path, readings: list[Path | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file changed a moment ago may be changed again without showing: it is read each time."""
    monkeypatch.setattr(kept, "SETTLED_NS", 60 * 10**9)
    stack_of(folder)
    stack_of(folder)
    assert readings == [folder, folder]


def test_a_mistake_is_told_each_time(folder: Path) -> None:
    """Bindings with a mistake are never kept."""
    write(folder / "media.services.yaml", SERVICES.replace("vm: download", "vm: dowload"))
    for _ in range(2):
        with pytest.raises(BindingError, match="dowload-stack"):
            stack_of(folder)


def test_another_home_is_another_stack(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key's file may lie in the user's home: what was read for one home is none for another."""
    named = SERVICES.replace("{env: RADARR_API_KEY}", "{file: ~/key}")
    write(folder / "media.services.yaml", named)
    stack_of(folder)
    monkeypatch.setenv("HOME", str(folder / "other"))
    assert stack_of(folder).imports[0].api_key.file == folder / "other" / "key"


class Planted:
    """What a file that is not ours would have us call."""

    def __init__(self, traces: Path) -> None:
        self.traces = traces

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return os.mkdir, (str(self.traces),)


def test_only_values_of_a_stack_are_taken_from_it(folder: Path) -> None:
    """A cache that holds something else, or is cut short, runs nothing and is made anew."""
    stack = stack_of(folder)
    (file,) = (folder / "cache").rglob("stack-*")
    assert file.stat().st_mode & 0o777 == 0o600
    whole = file.read_bytes()
    traces = os.fsencode(folder / "traces")
    planted = pickle.dumps((kept.key_of(folder), Planted(folder / "traces")))
    dotted = (
        b"\x80\x04\x8c\x07pathlib\x8c\x08os.mkdir\x93\x8c"
        + bytes([len(traces)])
        + traces
        + b"\x85R."
    )
    greedy = b"\x80\x04r" + (1 << 28).to_bytes(4, "little") + b"."  # a memo of 4 GB
    named = [zlib.crc32(values).to_bytes(4, "big") + values for values in (planted, dotted)]
    for content in (*named, greedy, whole[:-20], b"", b"\x80"):
        file.write_bytes(content)
        assert stack_of(folder) == stack
        assert file.read_bytes() == whole
    assert not (folder / "traces").exists()


def test_without_a_cache_it_is_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing can be kept, bindings are read, and nobody hears of it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "media.services.yaml"))
    assert stack_of(folder) == load(folder)

"""Every function that takes text from outside apart is one that some target tries."""

from functools import cache

import pytest

from .readers import reached, readers
from .targets import TARGETS

# Those that no target enters, by the beginning of their names, and why they need none.
UNTRIED = {
    "bindings.gap_parser:": "hears the child that runs `register`; `caches` tries what it reads",
    "bindings.reading:this_machine": "reads the name the kernel has of this machine",
    "bindings.register:main": "hands a file to `media_gaps`, which `gaps` tries",
    "bindings.summary:write_summary": "hands a file to `with_summary`, which `summary` tries",
    "capabilities.access:_installer": "hands a file to `public_key`, which `keys` tries",
    "capabilities.backups.asking:of_services": "of labels that `shelf` has held to their form",
    "capabilities.backups.restore:_place": "one option of a person's, tried in tests/cli",
    "capabilities.beside:": "hears a process of our own",
    "capabilities.sql:_text": "hands standard input on; `sql` tries any bytes as a query",
    "collect.access.installing:_text": "reads the program's own files",
    "collect.archives.restoring:_folder": "of a path we made",
    "collect.probe:plain": "writes a request",
    "collect.probe:question": "reads the program's own files",
    "collect.ssh.config:Config._ask": "hands what `ssh -G` says to what `ssh` tries",
    "collect.ssh.config:_complaint": "the first line of what `ssh` says, drawn as any detail",
    "collect.ssh.login:_through_jump": "hands a hop to `parse_jump`, which `ssh` tries",
    "collect.ssh.running:": "moves bytes on unread",
    "collect.ssh.shell:": "moves bytes on unread",
    "store.migrate:_first_line": "the first line of an error, drawn as any other",
    "store.permission:_codes": "the names of SQLite's constants",
    "store.postgresql.": "a server's answers come through psycopg; tests/store asks a real one",
}


@cache
def _entered(name: str) -> frozenset[str]:
    """The functions that a target's own examples enter. They are all read well, or refused."""
    target = TARGETS[name]
    seeds = target.seeds()
    assert seeds
    return frozenset(reached(lambda: [target.read(seed) for seed in seeds]))


@pytest.mark.parametrize("name", TARGETS)
def test_every_example_is_read(name: str) -> None:
    """What a fuzzer begins with is what a reader is made for, and gets to where text is read."""
    assert _entered(name) & readers()


def test_every_reader_is_tried() -> None:
    """A new one fails this until the examples of a target reach it, or the list says why not."""
    entered = frozenset().union(*(_entered(name) for name in TARGETS))
    left = {it for it in readers() if it not in entered}
    assert {it for it in left if not it.startswith(tuple(UNTRIED))} == set()
    assert [it for it in UNTRIED if not any(one.startswith(it) for one in left)] == []

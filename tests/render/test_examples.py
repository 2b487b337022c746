"""The made-up snapshots hold only what the program itself could have seen and said."""

import pytest

from recorder.bindings.stack import MountBinding
from recorder.collect.arr import APPS
from recorder.collect.containers import parse_engine
from recorder.collect.mounts import Entry, judge_mount, parse_paths
from recorder.collect.probe import Section
from recorder.collect.shell import Unreachable
from recorder.collect.ssh.config import SshOptions
from recorder.collect.ssh.login import _refuse_key
from recorder.model import Snapshot

from .examples import HEALTHY, NIGHT

DENIED = "permission denied while connecting to unix:///var/run/docker.sock"


@pytest.mark.parametrize("snapshot", [HEALTHY, NIGHT], ids=["healthy", "night"])
def test_an_app_counts_what_it_counts(snapshot: Snapshot) -> None:
    """Movies, episodes and tracks: the nouns of the page are the collector's."""
    shown = {(it.app, it.noun) for it in snapshot.imports}
    assert shown == {(app, APPS[app].noun) for app in APPS}


def test_an_engine_that_may_not_be_read_says_what_it_says() -> None:
    """Its reason, its own words and the hint are what its answer is read as."""
    engine, _ = parse_engine(Section(("docker", "1"), (DENIED,)), "nas", silent="")
    assert NIGHT.hosts[3].engine == engine


def test_a_changed_host_key_says_what_it_says() -> None:
    """The fingerprint and the line to type are as a login tells them."""
    host = NIGHT.hosts[2]
    options = SshOptions("192.0.2.213", 22, "ubuntu", (), ())
    with pytest.raises(Unreachable) as refused:
        _refuse_key(options, "192.0.2.213", b"the new key of books", known=True)
    told = refused.value
    assert (host.reason, host.detail, host.hint) == (told.reason, told.detail, told.hint)


def test_a_hung_mount_says_what_it_says() -> None:
    """How long it was waited for, as an answer of the host is read."""
    shown = NIGHT.mounts[0]
    spaces, _ = parse_paths(["asked 0 137 300"], [shown.path])
    wanted = MountBinding(shown.path, shown.declared_source)
    entry = Entry(shown.path, shown.source or "", "nfs4", "rw")
    told = judge_mount(shown.host, wanted, entry, spaces[shown.path])
    assert (shown.state, shown.detail) == (told.state, told.detail)

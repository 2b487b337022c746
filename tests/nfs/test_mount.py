"""A mount of Linux's own NFS, hard, between two kernels: what is told of it, whatever it does."""

import contextlib
import signal
import time
from collections.abc import Iterator

import pytest
from faults.matrix import BY_KEY
from faults.proving import in_time, proves, proves_each
from faults.row import Row
from realhosts.emulated.pair import OPTIONS, PATH, SOURCE, Pair
from realhosts.waiting import wait_until
from stack.ops import SIGNALLED, Facts, changed

from nfs.player import ENDS_SEC, HOST, QUESTION, Look, Player

LIMIT_SEC = 3  # what a mount may take to answer
THINGS = {"mount": ("mount", HOST, PATH), "volume": ("volume", HOST, SOURCE)}
MOMENTS = 4
AGAIN = 3


def expected(well: Look, row: Row) -> Facts:
    """What is seen with the row's fault: what it says, and all else as on a good day."""
    return changed(well.facts, {THINGS[kind]: words for kind, words in row.shown.items()})


def is_complete(look: Look) -> None:
    """Everything about the host is there that does not hang on the mount."""
    host = look.about("hosts")
    of_its_own = ("state", "address", "boot_id", "uptime_sec")
    assert [name for name in of_its_own if host[name] is None] == []


def test_a_mount_that_answers(pair: Pair, well: Look) -> None:
    """It is ok, from its source, in its mode, with the space that its server has."""
    mount, volume = well.about("mounts"), well.about("volumes")
    size, total, free = pair.server.run("stat -f -c '%S %b %a' /srv/media").split()
    assert (well.code, mount["state"], mount["source"], mount["mode"]) == (0, "ok", SOURCE, "rw")
    assert volume["total_bytes"] == mount["total_bytes"]
    # told in blocks of the mount's own size, rounded down
    assert mount["total_bytes"] == pytest.approx(int(size) * int(total), abs=1 << 20)
    assert mount["free_bytes"] == pytest.approx(int(size) * int(free), abs=1 << 20)
    is_complete(well)


@proves("nfs-server-dead")
def test_a_dead_server(pair: Pair, player: Player, well: Look) -> None:
    """It costs its limit, once, and nothing else is missing."""
    row = BY_KEY["nfs-server-dead"]
    with pair.server_dead():
        look = player.look()
    assert (look.facts, look.code) == (expected(well, row), row.exit_code)
    assert look.about("mounts")["detail"] == row.says
    assert LIMIT_SEC <= look.seconds <= row.bound_sec
    is_complete(look)


@proves("nfs-server-back")
def test_a_server_that_comes_back(pair: Pair, player: Player, well: Look) -> None:
    """The mount is ok again, and questions to it have not piled up, however often it was asked."""
    row, before = BY_KEY["nfs-server-back"], player.look()
    with pair.server_dead():
        looks = [player.look() for _ in range(AGAIN)]
        left = pair.on_client(QUESTION)
    looks = [before, *looks, player.look()]
    assert [look.about("mounts")["state"] for look in looks] == ["ok", *["hung"] * AGAIN, "ok"]
    assert left == []
    assert (looks[-1].facts, looks[-1].code) == (expected(well, row), row.exit_code)
    assert looks[-1].seconds <= row.bound_sec
    assert player.transitions() == [("ok", "hung"), ("hung", "ok")]


@proves("nfs-server-dies")
@pytest.mark.parametrize("moment", range(MOMENTS))
def test_a_server_that_dies_during_a_look(
    pair: Pair, player: Player, well: Look, moment: int
) -> None:
    """Whenever it dies: the mount is hung or as it was before, and all else is there."""
    row = BY_KEY["nfs-server-dies"]
    with contextlib.ExitStack() as dead, player.start() as running:
        began = time.monotonic()
        time.sleep(well.seconds * moment / MOMENTS)
        dead.enter_context(pair.server_dead())
        look = player.ended(running, began)
    if look.about("mounts")["state"] == "hung":
        assert (look.facts, look.code) == (expected(well, BY_KEY["nfs-server-dead"]), row.exit_code)
    else:
        assert (look.facts, look.code) == (well.facts, well.code)
    assert look.seconds <= row.bound_sec
    is_complete(look)


@proves("nfs-look-killed")
def test_a_look_that_is_killed(pair: Pair, player: Player) -> None:
    """Its question goes all the same, when its own time is up."""
    row = BY_KEY["nfs-look-killed"]
    with pair.server_dead(), player.start() as running:
        wait_until(lambda: pair.on_client(QUESTION), "the question to hang", ENDS_SEC)
        assert player.left_here() != []
        with in_time(row) as most_sec:
            running.send_signal(signal.SIGKILL)
            assert SIGNALLED - running.wait() == row.exit_code
            wait_until(lambda: not player.left(), "the question to go", most_sec)


@contextlib.contextmanager
def fault(pair: Pair, key: str) -> Iterator[None]:
    """The mount is not as it is declared, inside the `with` block."""
    ways = {
        "nfs-stale": pair.export_made_anew,
        "nfs-read-only": lambda: pair.mounted(options=OPTIONS.replace("rw", "ro")),
        "nfs-wrong-source": lambda: pair.mounted("pve:/other"),
        "nfs-missing": pair.unmounted,
    }
    with ways[key]():
        yield


@proves_each("nfs-stale", "nfs-read-only", "nfs-wrong-source", "nfs-missing")
def test_a_mount_that_is_not_as_declared(pair: Pair, player: Player, well: Look, row: Row) -> None:
    """It is told what is wrong with it; the rest is as on a good day."""
    with fault(pair, row.key):
        look = player.look()
    assert (look.facts, look.code) == (expected(well, row), row.exit_code)
    assert look.seconds <= row.bound_sec
    is_complete(look)

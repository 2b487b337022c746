"""Hosts, their mounts and the volume behind them, through the years."""

from dataclasses import dataclass, replace
from random import Random

from simulated.lines import Line, Rate, Step, always, changed, combined, episodes, stepped
from simulated.looks import BEGIN_TS

from recorder.model import (
    Engine,
    Host,
    HostState,
    Mount,
    MountState,
    Reason,
    Volume,
    VolumeState,
)

HAPPENINGS = {
    "reboot": Rate(12, 1, 3),
    "network outage": Rate(8, 1, 60),
    "power cut": Rate(1.5, 5, 600),
    "engine update": Rate(6, 1, 3),
}
BOOT_SEC = 25
MOUNT_HAPPENINGS = {
    MountState.HUNG: Rate(10, 2, 90),
    MountState.SLOW: Rate(40, 1, 3),
    MountState.STALE: Rate(2, 5, 200),
    MountState.MISSING: Rate(2, 2, 60),
    MountState.WRONG_MODE: Rate(1, 10, 300),
}
MOUNT_WORDS = {
    MountState.HUNG: "no answer in 3 s",
    MountState.STALE: "Stale file handle",
    MountState.MISSING: "nothing is mounted there",
    MountState.WRONG_MODE: "mounted ro, should be rw",
}
GIB = 1 << 30


@dataclass(frozen=True)
class Machine:
    """A host's past, and what it means to what runs on it."""

    host: Line[Host]
    booted_ts: Line[int]
    dark: Line[Reason | None]  # why its services can't be seen
    restarts: list[int]  # the minutes in which every container was started


def machine(rng: Random, name: str, number: int, minutes: int, pace: float) -> Machine:
    """A VM that is rebooted, loses its network or its power, and has its engine updated."""
    up = Host(
        name,
        HostState.UP,
        number,
        f"media-{name.partition('-')[0]}",
        address=f"192.0.2.{number}",
        engine=Engine("docker", readable=True),
        boot_id=_boot_id(rng),
        memory_total_bytes=16 * GIB,
    )
    down = Host(name, HostState.DOWN, number, up.role, Reason.TIMEOUT, "timed out after 5 s")
    down = replace(down, address=up.address)
    blind = Engine("docker", readable=False, reason=Reason.ENGINE_DOWN)
    steps: list[Step[Host]] = []
    booted, restarts = [(0, BEGIN_TS - 86400)], []
    boot_id = up.boot_id
    for what, begin, end in episodes(rng, minutes, HAPPENINGS, pace):
        if what in ("reboot", "power cut"):
            boot_id = _boot_id(rng)
            booted.append((end, BEGIN_TS + 60 * end - BOOT_SEC))
        if what != "network outage":
            restarts.append(end)
        away = replace(up, engine=blind, boot_id=boot_id) if what == "engine update" else down
        back = replace(up, boot_id=boot_id)
        steps += [(begin, always(away)), (end, always(back))]
    host = stepped(up, steps)
    return Machine(host, changed(booted), combined(_why_dark, host), restarts)


def _boot_id(rng: Random) -> str:
    digits = f"{rng.getrandbits(128):032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def _why_dark(host: Host) -> Reason | None:
    if host.state is HostState.DOWN:
        return Reason.HOST_DOWN
    return None if host.engine is None else host.engine.reason


def mount(rng: Random, name: str, host: Line[Host], minutes: int, pace: float) -> Line[Mount]:
    """An NFS mount that hangs, answers slowly or is not there."""
    source = "192.0.2.2:/tank/media"
    declared = Mount(name, "/mnt/media", MountState.OK, declared_source=source, declared_mode="rw")
    well = replace(declared, source=source, mode="rw", fs_type="nfs4")
    states = {
        MountState.OK: well,
        MountState.SLOW: well,
        MountState.MISSING: replace(declared, source=source),
        MountState.WRONG_MODE: replace(well, mode="ro"),
    }
    steps: list[Step[Mount]] = []
    for state, begin, end in episodes(rng, minutes, MOUNT_HAPPENINGS, pace):
        seen = states.get(state, well)
        bad = replace(seen, state=state, detail=MOUNT_WORDS.get(state))
        steps += [(begin, always(bad)), (end, always(well))]
    unseen = replace(declared, state=MountState.UNKNOWN, reason=Reason.HOST_DOWN, source=source)
    return combined(
        lambda mounted, home: mounted if home.state is HostState.UP else unseen,
        stepped(well, steps),
        host,
    )


def volume(mounted: Line[Mount]) -> Line[Volume]:
    """The pool behind a mount, which can be asked while the mount answers."""
    well = Volume("tank", mounted.values[0].host, "/mnt/media", VolumeState.OK)
    unknown = replace(well, state=VolumeState.UNKNOWN)
    reasons = {
        MountState.HUNG: (Reason.PATH_HUNG, "no answer in 3 s"),
        MountState.STALE: (Reason.PATH_ERROR, "Stale file handle"),
        MountState.MISSING: (Reason.PATH_MISSING, "nothing is mounted there"),
    }

    def seen(through: Mount) -> Volume:
        if through.state is MountState.UNKNOWN:
            return replace(unknown, reason=through.reason)
        reason, detail = reasons.get(through.state, (None, None))
        return replace(unknown, reason=reason, detail=detail) if reason else well

    return combined(seen, mounted)

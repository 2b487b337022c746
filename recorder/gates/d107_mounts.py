"""D107: each declared mount is there, of the right source, in the right mode, and answers."""

from collections.abc import Iterator

from recorder.gates.facts import Facts
from recorder.gates.gate import Gate, Judged, fail, unknown, warn
from recorder.history.places import MOUNT_STATES
from recorder.history.reasons import why
from recorder.model import GateFinding, Mount, MountState

TODO = {
    MountState.HUNG: "see whether the server of {source} is up, and its network",
    MountState.STALE: "mount it anew: sudo umount -l {path} && sudo mount {path}",
    MountState.MISSING: "mount it: sudo mount {path}, and see that /etc/fstab has it",
    MountState.WRONG_SOURCE: "correct /etc/fstab, then sudo umount {path} && sudo mount {path}",
    MountState.WRONG_MODE: "correct /etc/fstab, then sudo mount -o remount,{mode} {path}",
    MountState.SLOW: "see how busy the server of {source} is",
}


def _judge(facts: Facts) -> Judged:
    seen = {(mount.host, mount.path): mount for mount in facts.snapshot.mounts}
    wanted = [(host.name, mount) for host in facts.stack.hosts for mount in host.mounts]
    findings = []
    for host, binding in wanted:
        mount = seen.get((host, binding.path))
        if mount is None:
            what = "was not asked for"
            findings.append(unknown(host, binding.path, what, facts.way_in(host)))
        else:
            findings += _of_mount(mount, facts)
    return Judged(len(wanted), tuple(findings), tuple(_notes(facts)))


def _notes(facts: Facts) -> Iterator[str]:
    """What is held against nothing, and why."""
    hosts = facts.stack.hosts
    if not any(host.mounts for host in hosts):
        yield "no mount is declared"
    for host in hosts:
        if host.discover and not host.mounts:
            yield f"{host.name} finds its mounts by itself: none of them is held against anything"


def _of_mount(mount: Mount, facts: Facts) -> list[GateFinding]:
    if mount.state is MountState.OK:
        return []
    said = why(mount.reason, mount.detail) or _instead(mount)
    word = MOUNT_STATES.get(mount.state, str(mount.state))
    what = f"{word}: {said}" if said else word
    if mount.state is MountState.UNKNOWN:
        return [unknown(mount.host, mount.path, what, facts.way_in(mount.host))]
    todo = TODO[mount.state].format(
        path=mount.path,
        mode=mount.declared_mode or "rw",
        source=mount.declared_source or mount.source or "it",
    )
    told = warn if mount.state is MountState.SLOW else fail
    return [told(mount.host, mount.path, what, todo)]


def _instead(mount: Mount) -> str | None:
    """What is there, and what should be."""
    if mount.state is MountState.WRONG_SOURCE:
        return f"is {mount.source}, should be {mount.declared_source}"
    if mount.state is MountState.WRONG_MODE:
        return f"is {mount.mode}, should be {mount.declared_mode}"
    if mount.state is MountState.SLOW and mount.latency_ms is not None:
        return f"answered after {mount.latency_ms / 1000:.1f} s"
    if mount.state is MountState.MISSING and mount.declared_source:
        return f"should be {mount.declared_source}"
    return None


GATE = Gate(
    "D107",
    "mounts",
    "mount",
    "each declared mount is there, of the right source, in the right mode, and answers",
    _judge,
)

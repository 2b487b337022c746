"""What can go wrong, and how it heals: one table for tests and for the command line.

`cause` and `heal` come in pairs; after both the lab is as it was, save that a container made anew
has another id. A fault's subject, where it takes one, is a service or container name.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from realhosts import hostile, mounts, network
from realhosts.blueprint import service
from realhosts.cells import Cell
from realhosts.machine import Machine
from realhosts.plan import Fate, Mount
from realhosts.waiting import wait_until

if TYPE_CHECKING:
    from realhosts.lab import Lab

Act = Callable[["Lab", str, str], object]
BOOT_ID, NEW_ID = "/proc/sys/kernel/random/boot_id", "/proc/sys/kernel/random/uuid"


@dataclass(frozen=True, slots=True)
class Fault:
    """One way of going wrong."""

    meaning: str
    cause: Act
    heal: Act
    takes_service: bool = False


def _engine(*command: str) -> Act:
    """One command of the host's engine about the container of a service."""

    def act(lab: "Lab", host: str, subject: str) -> None:
        lab.hosts[host].engine(*command, service(host, subject).container_name)

    return act


def _healed_by(*command: str) -> Act:
    """One command, and the wait until the container is as the blueprint wants it."""

    def act(lab: "Lab", host: str, subject: str) -> None:
        _engine(*command)(lab, host, subject)
        _settle(lab, host, subject)

    return act


def _settle(lab: "Lab", host: str, subject: str) -> None:
    lab.hosts[host].engine.settle([service(host, subject)])


def _make(lab: "Lab", host: str, subject: str) -> None:
    lab.hosts[host].engine.make(service(host, subject))
    _settle(lab, host, subject)


def _make_again(lab: "Lab", host: str, subject: str) -> None:
    lab.hosts[host].engine("rm", "--force", service(host, subject).container_name)
    lab.hosts[host].engine.make(service(host, subject))


def _change_key(lab: "Lab", host: str, _: str) -> None:
    lab.hosts[host].sshd.change_key()


def _forget_key(lab: "Lab", host: str, _: str) -> None:
    known = {n: each.sshd.public_key for n, each in lab.hosts.items() if n != host}
    lab.control.learn_keys(known)


def _stop_engine(lab: "Lab", host: str, _: str) -> None:
    """As `systemctl stop`: the socket goes, containers live on."""
    cell = lab.hosts[host].cell
    _of_looping("stop", lab.hosts[host])
    cell.shell("kill $(cat /run/docker.pid)")
    wait_until(lambda: not cell.answers("pgrep", "-x", "dockerd"), f"the end of dockerd on {host}")
    cell.shell("rm -f /run/docker.sock")


def _kill_engine(lab: "Lab", host: str, _: str) -> None:
    """As a crash: the socket stays and refuses."""
    cell = lab.hosts[host].cell
    _of_looping("stop", lab.hosts[host])
    cell.shell("pkill -KILL -x dockerd; pkill -KILL -x containerd || true")
    wait_until(lambda: not cell.answers("pgrep", "-x", "dockerd"), f"the end of dockerd on {host}")


def _start_engine(lab: "Lab", host: str, _: str) -> None:
    machine = lab.hosts[host]
    machine.engine.start()
    _of_looping("start", machine)
    machine.engine.settle(machine.plan.services)


# A client that waits, before its second question, until root has ended the engine, and says when
# it has asked: so the engine is away for that question, and back by itself behind it.
LISTED, ASKED = "/tmp/lab-listed", "/tmp/lab-asked"
CLIENT = f"""#!/bin/sh
[ "$1" = inspect ] || exec /usr/bin/docker "$@"
: >{LISTED}
while [ -e {LISTED} ]; do sleep 0.05; done
/usr/bin/docker "$@" && code=0 || code=$?
: >{ASKED}
exit $code
"""
RESTART = f"""
until [ -e {LISTED} ]; do sleep 0.05; done
kill $(cat /run/docker.pid)
while pgrep -x dockerd; do sleep 0.05; done
rm -f {LISTED}
until [ -e {ASKED} ]; do sleep 0.05; done
rm -f {ASKED} /usr/local/bin/docker /run/docker.pid /run/docker.sock
exec dockerd
"""


def _restart_engine(lab: "Lab", host: str, _: str) -> None:
    """End the engine in the middle of the next look at it, and start it behind that."""
    cell = lab.hosts[host].cell
    _of_looping("stop", lab.hosts[host])
    cell.run("mount", "-o", "remount,rw", "/usr/local")
    cell.shell("mkdir -p /usr/local/bin && cat >/usr/local/bin/docker <<'END'\n" + CLIENT + "END\n")
    cell.run("chmod", "755", "/usr/local/bin/docker")
    cell.start("sh", "-c", RESTART, log="/var/log/restart.log")


def _restarted_engine(lab: "Lab", host: str, _: str) -> None:
    cell = lab.hosts[host].cell
    cell.shell("rm -f /usr/local/bin/docker && mount -o remount,ro /usr/local")
    _start_engine(lab, host, "")


def _of_looping(command: str, machine: Machine) -> None:
    """Calm restart loops before an engine ends: one ended in mid-restart can't mend it after."""
    for each in machine.plan.services:
        if each.fate is Fate.RESTARTING:
            machine.engine(command, each.container_name)


def _hold_engine(lab: "Lab", host: str, _: str) -> None:
    lab.hosts[host].cell.shell("pkill -STOP -x dockerd")


def _release_engine(lab: "Lab", host: str, _: str) -> None:
    machine = lab.hosts[host]
    machine.cell.shell("pkill -CONT -x dockerd")
    machine.engine.settle(machine.plan.services)


def _network_mounts(act: Callable[[Cell, Mount], object]) -> Act:
    def all_of_them(lab: "Lab", host: str, _: str) -> None:
        for mount in lab.hosts[host].plan.mounts:
            if mount.kind == "sshfs":
                act(lab.hosts[host].cell, mount)

    return all_of_them


def _boot(lab: "Lab", host: str, _: str) -> None:
    """What tells one boot from another; what it runs goes on."""
    made = "/run/lab/boot_id"
    lab.hosts[host].cell.shell(f"cat {NEW_ID} >{made}; mount --bind {made} {BOOT_ID}")


def _unboot(lab: "Lab", host: str, _: str) -> None:
    lab.hosts[host].cell.run("umount", BOOT_ID)


FAULTS = {
    "off": Fault(
        "the host is off: connections to it time out",
        lambda lab, host, _: network.switch_off(lab.hosts[host].cell),
        lambda lab, host, _: network.switch_on(lab.hosts[host].cell),
    ),
    "no-route": Fault(
        "nothing knows the way to the host",
        lambda lab, host, _: network.forbid_route(lab.cell, lab.hosts[host].plan.address),
        lambda lab, host, _: network.allow_route(lab.cell, lab.hosts[host].plan.address),
    ),
    "sshd-stopped": Fault(
        "no sshd runs: connections are refused",
        lambda lab, host, _: lab.hosts[host].sshd.stop(),
        lambda lab, host, _: lab.hosts[host].sshd.start(),
    ),
    "sshd-silent": Fault(
        "sshd accepts connections and says nothing",
        lambda lab, host, _: lab.hosts[host].sshd.hold(),
        lambda lab, host, _: lab.hosts[host].sshd.release(),
    ),
    "key-changed": Fault(
        "the host shows another key than the known one",
        _change_key,
        lambda lab, _host, _: lab.learn_keys(),
    ),
    "key-unknown": Fault(
        "the control machine knows no key of the host",
        _forget_key,
        lambda lab, _host, _: lab.learn_keys(),
    ),
    "no-forwarding": Fault(
        "sshd forbids TCP forwarding",
        lambda lab, host, _: lab.hosts[host].sshd.forward(allowed=False),
        lambda lab, host, _: lab.hosts[host].sshd.forward(allowed=True),
    ),
    "engine-stopped": Fault(
        "no Docker engine runs, its socket is gone", _stop_engine, _start_engine
    ),
    "engine-killed": Fault(
        "the Docker engine crashed, its socket refuses", _kill_engine, _start_engine
    ),
    "engine-hung": Fault(
        "the Docker engine accepts questions and never answers",
        _hold_engine,
        _release_engine,
    ),
    "engine-restarting": Fault(
        "the Docker engine ends amid the next look, and is back behind it",
        _restart_engine,
        _restarted_engine,
    ),
    "rebooted": Fault("the host shows another boot id", _boot, _unboot),
    "unmounted": Fault(
        "the network mounts are not mounted",
        _network_mounts(lambda cell, mount: mounts.unmount(cell, mount.path)),
        _network_mounts(mounts.mount_network),
    ),
    "mount-hung": Fault(
        "the network mounts' server is dead: whoever looks below them waits",
        lambda lab, host, _: mounts.hang(lab.hosts[host].cell),
        lambda lab, host, _: mounts.heal(lab.hosts[host].cell),
    ),
    "stopped": Fault(
        "the container is stopped", _engine("stop"), _healed_by("start"), takes_service=True
    ),
    "killed": Fault(
        "the container is killed: exited (137)",
        _engine("kill"),
        _healed_by("start"),
        takes_service=True,
    ),
    "paused": Fault(
        "the container is paused", _engine("pause"), _healed_by("unpause"), takes_service=True
    ),
    "removed": Fault("the container is gone", _engine("rm", "--force"), _make, takes_service=True),
    "recreated": Fault("the container is another one", _make_again, _settle, takes_service=True),
    "silent": Fault(
        "the container runs, its port accepts connections and never answers",
        _engine("kill", "--signal", "STOP"),
        _healed_by("kill", "--signal", "CONT"),
        takes_service=True,
    ),
    "hostile": Fault(
        "containers whose labels, images and errors try to break a screen",
        lambda lab, host, _: hostile.make(lab.hosts[host].engine),
        lambda lab, host, _: hostile.remove(lab.hosts[host].engine),
    ),
}

"""What happens to a host, its engine and its mounts, step by step, and what a look tells of it."""

from stack.container_script import MOVIES_110, PING
from stack.ops import Document, bound
from stack.scripted import HOST, Act, Row, Step, fault, heal, service, shell, until, until_answered

GUEST = "docker run --detach --network host --name guest lab/comics:1 sleep 2147483647"
ROOT = "script"
BINDINGS: Document = {
    "version": 1,
    "defaults": {"ssh_user": "ubuntu", "connect_timeout_sec": 60, "health_timeout_sec": 60},
    "hosts": {
        HOST: {
            "addresses": ["192.0.2.210"],
            "mounts": [{"path": "/mnt/media", "source": "pve:/media", "mode": "ro"}],
        },
        "nas": {"addresses": ["192.0.2.211"], "ssh_user": "sudoer"},  # where nothing happens
    },
    "services": {
        "movies": {"vm": HOST, "port": 7878, "health": "/ping"},
        "music": {"vm": HOST, "port": None},
        "books": {"vm": HOST, "port": None},
        "films": {"vm": HOST, "port": None},
        "comics": {"vm": HOST, "port": None, "status": "parked"},
    },
    "volumes": [{"name": "pve:/media", "host": HOST, "path": "/mnt/media"}],
}
ALL_BUT_THE_HOST = dict.fromkeys(("service", "endpoint", "mount", "volume"), "host_down")


def give_up_after(seconds: int) -> Act:
    """How long a look waits for the host: not long where it is away, else longer than it takes."""
    hosts = BINDINGS["hosts"]
    impatient = {**hosts, HOST: {**hosts[HOST], "connect_timeout_sec": seconds}}
    return lambda stage: bound(stage.lab, ROOT, {**BINDINGS, "hosts": impatient})


def host(was: str, now: str, detail: str | None = None) -> Row:
    return Row("host", HOST, was, now, detail)


def mount(was: str, now: str, detail: str | None = None) -> Row:
    return Row("mount", "/mnt/media", was, now, detail)


HOSTS = (
    Step(
        "somebody runs a container of their own",
        (shell(GUEST),),
        ("· guest on streaming-stack new, running, undeclared",),
        (service("guest", None, "running"),),
    ),
    Step(
        "it is renamed, and without labels is another",
        (shell("docker rename guest visitor"),),
        (
            "· guest on streaming-stack gone, undeclared",
            "· visitor on streaming-stack new, running, undeclared",
        ),
        (service("guest", "running", "gone"), service("visitor", None, "running")),
    ),
    Step(
        "it is killed",
        (shell("docker kill visitor"),),
        ("· visitor on streaming-stack exited (137), was running",),
        (service("visitor", "running", "exited", "exit code 137"),),
    ),
    Step(
        "and removed",
        (shell("docker rm visitor"),),
        ("· visitor on streaming-stack gone, undeclared",),
        (service("visitor", "exited", "gone"),),
    ),
    Step(
        "another comes and goes between two looks",
        (shell(f"{GUEST}; docker rm --force guest"),),
    ),
    Step(
        "the host is away",
        (fault("off"), give_up_after(2)),
        ("✗ streaming-stack down: timed out after 2 s (18 services, 1 mount no longer seen)",),
        (host("up", "down", "timed out after 2 s"),),
        unseen=ALL_BUT_THE_HOST,
    ),
    Step(
        "much happens there meanwhile",
        (
            shell(f"docker kill music; docker restart films; docker rm --force movies; {GUEST}"),
            shell(MOVIES_110),
            until_answered(PING),
        ),
        unseen=ALL_BUT_THE_HOST,
    ),
    Step(
        "the host is back, with what happened there",
        (heal("off"), give_up_after(60)),
        (
            (
                "! streaming-stack up again (music exited (137); guest new, running;"
                " films restarted; 16 services, 1 mount seen again)"
            ),
            "⬆ movies on streaming-stack updated 1.9.1 → 1.10",
        ),
        (
            host("down", "up"),
            service("films", "running", "running", "restarted"),
            service("guest", None, "running"),
            service("movies", "running", "running", "image 1.9.1 to 1.10"),
            service("music", "running", "exited", "exit code 137"),
        ),
    ),
    Step("nothing, and nothing is told twice"),
    Step(
        "the host reboots between two looks",
        (
            fault("rebooted"),
            shell("docker restart music movies"),
            until_answered(PING),
        ),
        ("↻ streaming-stack rebooted (movies restarted; music running again)",),
        (
            host("up", "up", "rebooted"),
            service("movies", "running", "running", "restarted"),
            service("music", "exited", "running", "started"),
        ),
    ),
    Step(
        "it is away again",
        (fault("off"), give_up_after(2)),
        ("✗ streaming-stack down: timed out after 2 s (19 services, 1 mount no longer seen)",),
        (host("up", "down", "timed out after 2 s"),),
        unseen=ALL_BUT_THE_HOST,
    ),
    Step(
        "and back, booted anew",
        (heal("rebooted"), heal("off"), give_up_after(60)),
        ("✓ streaming-stack up again, rebooted (19 services, 1 mount seen again)",),
        (host("down", "up", "rebooted"),),
    ),
    Step(
        "a mount is gone",
        (fault("unmounted"),),
        ("✗ streaming-stack:/mnt/media not mounted: nothing is mounted there",),
        (mount("ok", "missing", "nothing is mounted there"),),
        unseen={"volume": "path_missing"},
    ),
    Step("it still is", unseen={"volume": "path_missing"}),
    Step(
        "it is back",
        (heal("unmounted"),),
        ("✓ streaming-stack:/mnt/media ok again, was not mounted",),
        (mount("missing", "ok"),),
    ),
    Step(
        "the mount's server is dead",
        (fault("mount-hung"),),
        ("✗ streaming-stack:/mnt/media hung: no answer in 3 s",),
        (mount("ok", "hung", "no answer in 3 s"),),
        unseen={"volume": "path_hung"},
    ),
    Step(
        "it lives again",
        (heal("mount-hung"),),
        ("✓ streaming-stack:/mnt/media ok again, was hung",),
        (mount("hung", "ok"),),
    ),
    Step(
        "the engine stops: no container is missing for that",
        (fault("engine-stopped"),),
        (
            (
                "✗ streaming-stack engine unreadable: the container engine is down"
                " (19 services no longer seen)"
            ),
        ),
        (host("up", "up", "engine unreadable: engine down"),),
        unseen={"service": "engine_down"},
    ),
    Step(
        "it starts",
        (heal("engine-stopped"), until("paper-books", "running 0 healthy")),
        ("✓ streaming-stack engine readable again (19 services seen again)",),
        (host("up", "up", "engine readable"),),
    ),
    Step(
        "three things at once",
        (
            shell("docker kill music; docker rm --force guest; docker restart movies"),
            until_answered(PING),
        ),
        (
            "· guest on streaming-stack gone, undeclared",
            "↻ movies on streaming-stack restarted, running again",
            "✗ music on streaming-stack exited (137), was running",
        ),
        (
            service("guest", "running", "gone"),
            service("movies", "running", "running", "restarted"),
            service("music", "running", "exited", "exit code 137"),
        ),
    ),
    Step("nothing at the end"),
)

"""The last line of a dashboard on which something is wrong: what to type next."""

from dataclasses import replace

import pytest

from recorder.model import (
    Declared,
    Engine,
    Health,
    Host,
    HostState,
    ImportCount,
    ImportState,
    Mount,
    MountState,
    Reason,
    Service,
    ServiceState,
    Snapshot,
    Trigger,
    Volume,
    VolumeState,
)
from recorder.render.closing import closing
from recorder.render.past import Past

from .examples import NOW
from .screens import drawn

UP = Host("vm", HostState.UP, address="192.0.2.209", engine=Engine("docker", readable=True))
WELL = Snapshot(NOW, 600, Trigger.PERSON, "home", hosts=(UP,))
RADARR = Service("radarr", "vm", "radarr-1", Declared.ACTIVE, ServiceState.RUNNING)
MOUNT = Mount("vm", "/mnt/media", MountState.HUNG, "pve:/media", "pve:/media", "rw")
DOWN = replace(UP, state=HostState.DOWN, reason=Reason.TIMEOUT, engine=None)
SEALED = Engine("docker", readable=False, reason=Reason.PERMISSION_DENIED, hint="on vm: sudo …")
LOGS = "→ on vm: docker logs --tail 50 radarr-1"


def last_line(snapshot: Snapshot, past: Past | None = None) -> str:
    shown = closing(snapshot, (), past) if past else closing(snapshot)
    return drawn(shown, 120).splitlines()[-1]


@pytest.mark.parametrize(
    ("ill", "said"),
    [
        ({"state": ServiceState.EXITED, "exit_code": 137}, LOGS),
        ({"state": ServiceState.RESTARTING}, LOGS),
        ({"health": Health.UNHEALTHY}, LOGS),
        ({"state": ServiceState.CREATED}, "→ on vm: docker start radarr-1"),
        ({"state": ServiceState.PAUSED}, "→ on vm: docker unpause radarr-1"),
        ({"state": ServiceState.MISSING}, "→ ops verify D109"),
        ({"state": ServiceState.DEAD, "container": "a b"}, "→ on vm: docker logs --tail 50 'a b'"),
    ],
)
def test_of_a_service_it_shows_why_it_does_not_run(ill: dict[str, object], said: str) -> None:
    """Its logs, where there are any; on its own host, and by the name of its container."""
    service = replace(RADARR, **ill)  # type: ignore[arg-type]
    assert last_line(replace(WELL, services=(service,))) == said


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"hosts": (DOWN,)}, "→ ops media.status --history 1d --host vm"),
        ({"hosts": (replace(DOWN, hint="ssh-keygen -R vm"),)}, "→ ssh-keygen -R vm"),
        ({"mounts": (MOUNT,)}, "→ ops verify D107"),
        ({"mounts": (replace(MOUNT, declared_source=None),)}, "→ ops media.nfs.verify"),
        (
            {
                "volumes": (Volume("tank", "vm", "/mnt", VolumeState.UNKNOWN, Reason.PATH_ERROR),),
            },
            "→ on vm: df -h /mnt",
        ),
        (
            {"hosts": (replace(UP, engine=SEALED),), "services": (RADARR,)},
            "→ on vm: sudo …",
        ),
    ],
)
def test_of_anything_else_it_shows_more_or_mends_the_way_in(
    parts: dict[str, object], said: str
) -> None:
    """What was said where it failed is said again at the end, where it is read first."""
    assert last_line(replace(WELL, **parts)) == said  # type: ignore[arg-type]


def test_the_first_thing_of_which_anything_can_be_told_decides() -> None:
    """One line, however much is wrong; a cause stands before what hangs on it."""
    stopped = replace(RADARR, state=ServiceState.EXITED)
    app = ImportCount("sonarr", "episode", ImportState.UNKNOWN, reason=Reason.UNREACHABLE)
    ill = replace(WELL, services=(stopped,), mounts=(MOUNT,), imports=(app,))
    assert last_line(ill) == LOGS
    assert last_line(replace(ill, services=())) == "→ ops verify D107"
    here = replace(UP, address=None)
    assert last_line(replace(ill, hosts=(here,))) == "→ docker logs --tail 50 radarr-1"


def test_nothing_is_told_where_nothing_can_be_done_about_it() -> None:
    """Neither of a warning nor of what was wrong at a time that is past."""
    parked = replace(RADARR, declared=Declared.PARKED)
    assert last_line(replace(WELL, services=(parked,))).startswith("! 1 WARNING")
    stopped = replace(WELL, services=(replace(RADARR, state=ServiceState.EXITED),))
    assert last_line(stopped, Past(as_it_was=True)).startswith("✗ 1 WRONG")

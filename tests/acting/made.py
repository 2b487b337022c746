"""Containers, projects and hosts made up for the tests of acting."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Self

from recorder.acting.restart import Job, Target
from recorder.bindings.stack import ServiceBinding
from recorder.collect.containers import Container
from recorder.collect.look import HostLook
from recorder.collect.project import Project
from recorder.collect.shell import End, Ended, Unreachable
from recorder.model import Declared, Engine, Health, Host, HostState, Reason, ServiceState

NOON = datetime(2026, 2, 16, 12, tzinfo=UTC)
COMPOSE = ("docker", "compose")
PROJECT = Project("/srv/media", COMPOSE, ("docker",), ("radarr", "job"), "media")


def container(service: str = "radarr", **more: object) -> Container:
    """A container of the project that runs since noon; its service has its name."""
    made = Container(
        name=f"media-{service}-1",
        state=ServiceState.RUNNING,
        health=Health.NONE,
        exit_code=None,
        oom_killed=None,
        restart_count=0,
        created_at=NOON,
        started_at=NOON,
        finished_at=None,
        image=None,
        image_id=None,
        image_version=None,
        project="media",
        compose_service=service,
        one_off=False,
        error=None,
    )
    return replace(made, **more)  # type: ignore[arg-type]


def again(it: Container, sec: float = 60, **more: object) -> Container:
    """The container, started anew that long after noon."""
    return replace(it, started_at=NOON + timedelta(seconds=sec), **more)  # type: ignore[arg-type]


def ended(it: Container, code: int, sec: float = 0) -> Container:
    """The container, started that long after noon and ended with that code."""
    return again(it, sec, state=ServiceState.EXITED, exit_code=code)


def binding(name: str, declared: Declared = Declared.ACTIVE, container: str = "") -> ServiceBinding:
    return ServiceBinding(name, "alpha", container or f"media-{name}-1", declared)


RADARR = Target("radarr", "radarr", container())
JOB = Job(
    "alpha", "/srv/media", ((*COMPOSE, "restart", "radarr"),), (RADARR,), (), COMPOSE, ("docker",)
)
UP = Host("alpha", HostState.UP, engine=Engine("docker", readable=True))
DOWN = Host("alpha", HostState.DOWN, reason=Reason.TIMEOUT, detail="timed out after 5 s")


def seen(*containers: Container) -> HostLook:
    """A look at the host that saw these."""
    return HostLook(UP, containers)


AWAY = HostLook(DOWN)


class Program:
    """A program that says its lines and ends so."""

    def __init__(self, end: End, *lines: str) -> None:
        self.end = end
        self._lines = lines

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is left."""

    def chunks(self) -> Iterator[bytes]:
        return (f"{line}\n".encode() for line in self._lines)


class Scene:
    """A host of which each look is the next of these, the last one again and again."""

    def __init__(
        self, *looks: HostLook, status: int | None = 0, said: tuple[str, ...] = ()
    ) -> None:
        ended_by = Ended.CLOSED if status is None else Ended.WHOLE
        self._program = Program(End(ended_by, status), *said)
        self._looks = [*looks]
        self.scripts: list[bytes] = []
        self.gone = False

    def shell(self) -> "Scene":
        if self.gone:
            raise Unreachable(Reason.TIMEOUT, "timed out after 5 s")
        return self

    def start(self, script: bytes, *, timeout_sec: float) -> Program:  # noqa: ARG002
        self.scripts.append(script)
        return self._program

    def look(self) -> HostLook:
        return self._looks.pop(0) if len(self._looks) > 1 else self._looks[0]

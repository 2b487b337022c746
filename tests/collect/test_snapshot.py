"""The fan-out: every host at once, each failure its own, and the whole in the binding's order."""

import threading
import time
from datetime import UTC, date, datetime

import pytest
from realhosts import ArrServer

from recorder.bindings.stack import (
    HealthBinding,
    HostBinding,
    ImportBinding,
    KeyBinding,
    MountBinding,
    ServiceBinding,
    Stack,
    VolumeBinding,
)
from recorder.collect import snapshot as module
from recorder.collect.look import HostLook, Way, look_at
from recorder.collect.shell import Connect, Ended, Shell, Unreachable
from recorder.collect.snapshot import Asking, Look, Part
from recorder.model import (
    Declared,
    EndpointState,
    Engine,
    Host,
    HostState,
    ImportState,
    MountState,
    Reason,
    Service,
    ServiceState,
    Snapshot,
    Trigger,
    VolumeState,
    day_of,
)

from .examples import FakeShell, by, host
from .servers import answering, free_port, serving

NOW = datetime(2026, 2, 16, 14, 2, tzinfo=UTC)
TODAY = day_of(date(2026, 2, 16), UTC)
NO_ENGINE = Engine(None, readable=False, reason=Reason.NO_ENGINE)


def _look(stack: Stack, connect: Connect, parts: Part = Part.ALL, **environ: str) -> Snapshot:
    asking = Asking(TODAY, environ, parts, connect=connect, clock=NOW.timestamp)
    return Look(stack, asking).wait()


def _one(connect: Connect) -> Host:
    (seen,) = _look(Stack(hosts=(host(),)), connect).hosts
    return seen


def _raising(failure: Unreachable) -> Connect:
    def connect(_host: HostBinding) -> Shell:
        raise failure

    return connect


def test_all_hosts_are_asked_at_once() -> None:
    """Twenty hosts that each wait until all are being asked: none waits for another's answer."""
    together = threading.Barrier(20, timeout=10)

    def says(mark: str) -> str:
        together.wait()
        return f"{mark} machine\n{mark} engine - 127\n"

    names = [f"host-{number}" for number in range(20)]
    stack = Stack(hosts=tuple(host(name) for name in names))
    seen = _look(stack, lambda _host: FakeShell(says))
    assert [(one.name, one.state) for one in seen.hosts] == [(name, HostState.UP) for name in names]


def test_more_hosts_than_threads_are_all_asked() -> None:
    """A thousand hosts are no more trouble than two."""
    stack = Stack(hosts=tuple(host(f"host-{number}") for number in range(1000)))
    seen = _look(stack, lambda _host: FakeShell())
    assert {one.state for one in seen.hosts} == {HostState.UP}


def test_a_host_that_never_returns_costs_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """The look ends, the others are whole, and the one is down for want of an answer."""
    monkeypatch.setattr(module, "LIMIT_SEC", 0.2)
    monkeypatch.setattr(module, "GRACE_SEC", 0.1)
    for_ever = threading.Event()

    def connect(binding: HostBinding) -> Shell:
        if binding.name == "stuck":
            for_ever.wait()
        return FakeShell()

    stack = Stack(
        hosts=(
            host("stuck", connect_timeout_sec=0.1),
            host("well", connect_timeout_sec=0.1),
        )
    )
    began = time.monotonic()
    stuck, well = _look(stack, connect).hosts
    took = time.monotonic() - began
    for_ever.set()
    assert took < 3
    assert well.state is HostState.UP
    assert stuck == Host(
        "stuck",
        HostState.DOWN,
        reason=Reason.TIMEOUT,
        detail="no answer in 0.5 s",
        address="127.0.0.1",
    )


@pytest.mark.parametrize(
    "reason",
    [
        Reason.TIMEOUT,
        Reason.REFUSED,
        Reason.NO_ROUTE,
        Reason.NAME_NOT_FOUND,
        Reason.AUTH_FAILED,
        Reason.HOST_KEY_UNKNOWN,
        Reason.HOST_KEY_CHANGED,
        Reason.NO_SHELL,
        Reason.PROBE_FAILED,
    ],
)
def test_each_reason_a_host_is_down_for_is_shown(reason: Reason) -> None:
    """The reason, the words, the hint and the address reach the snapshot as they were raised."""
    failure = Unreachable(reason, "words", hint="type this", address="192.0.2.9")
    assert _one(_raising(failure)) == Host(
        "download-stack",
        HostState.DOWN,
        reason=reason,
        detail="words",
        hint="type this",
        address="192.0.2.9",
    )


def test_what_lives_on_a_host_that_is_down_is_unknown() -> None:
    """Its services, mounts, volumes: unknown, never missing."""
    binding = host(mounts=(MountBinding("/mnt/media"),))
    stack = Stack(
        hosts=(binding,),
        services=(ServiceBinding("radarr", binding.name, "radarr"),),
        volumes=(VolumeBinding("v", binding.name, "/mnt/media"),),
    )
    seen = _look(stack, _raising(Unreachable(Reason.TIMEOUT, "timed out")))
    (service,), (mount,), (volume,) = seen.services, seen.mounts, seen.volumes
    down = Reason.HOST_DOWN
    assert (service.state, service.reason) == (ServiceState.UNKNOWN, down)
    assert (mount.state, mount.reason) == (MountState.UNKNOWN, down)
    assert (volume.state, volume.reason) == (VolumeState.UNKNOWN, down)


NO_SHELL_HINT = "give its user a shell such as /bin/sh"


@pytest.mark.parametrize(
    ("shell", "reason", "detail", "hint"),
    [
        (
            FakeShell(lambda _: "", ended=Ended.CLOSED, complaint="sh: not found"),
            Reason.NO_SHELL,
            "no shell to ask: sh: not found",
            NO_SHELL_HINT,
        ),
        (
            FakeShell(lambda _: "This account is\ncurrently not available.\n", ended=Ended.CLOSED),
            Reason.NO_SHELL,
            "no shell to ask: This account is currently not available.",
            NO_SHELL_HINT,
        ),
        (
            FakeShell(lambda _: "", ended=Ended.CLOSED),
            Reason.NO_SHELL,
            "no shell to ask",
            NO_SHELL_HINT,
        ),
        (
            FakeShell(lambda mark: f"{mark} machine\n", ended=Ended.CLOSED),
            Reason.PROBE_FAILED,
            "its answer broke off",
            None,
        ),
        (
            FakeShell(lambda _: "", ended=Ended.TIMEOUT),
            Reason.PROBE_FAILED,
            "logged in, then no answer in 15 s",
            None,
        ),
        (
            FakeShell(lambda mark: f"{mark} machine\n", ended=Ended.TOO_LONG),
            Reason.PROBE_FAILED,
            "it sent more than an answer can hold",
            None,
        ),
    ],
)
def test_an_answer_that_is_none_makes_a_host_down(
    shell: FakeShell, reason: Reason, detail: str, hint: str | None
) -> None:
    """Who could log in and got no answer says why, with the words that came."""
    assert _one(by(shell)) == Host(
        "download-stack",
        HostState.DOWN,
        reason=reason,
        detail=detail,
        hint=hint,
        address="127.0.0.1",
    )


def test_an_answer_cut_by_time_still_tells_what_came() -> None:
    """The host is up; what it had not told yet is unknown."""
    shell = FakeShell(lambda mark: f"{mark} machine\nuptime 60.00\n", ended=Ended.TIMEOUT)
    seen = _one(by(shell))
    assert (seen.state, seen.uptime_sec) == (HostState.UP, 60)
    assert seen.engine == Engine(
        None,
        readable=False,
        reason=Reason.ENGINE_DOWN,
        detail="no answer in 15 s",
        hint="on download-stack: sudo systemctl status docker",
    )


def test_an_answer_without_its_first_section_is_still_an_answer() -> None:
    """Nothing a host may send ends the look."""
    shell = FakeShell(lambda mark: f"noise{mark} machine\n{mark} engine - 127\n")
    assert _one(by(shell)) == Host(
        "download-stack", HostState.UP, address="127.0.0.1", engine=NO_ENGINE
    )


def test_a_clock_is_compared_when_its_host_is_asked() -> None:
    """The time that logging in takes is no time its clock is off."""
    ours = iter((100.0, 160.0))
    shell = FakeShell(lambda mark: f"{mark} machine\nclock 163\n{mark} engine - 127\n")

    def connect(_host: HostBinding) -> Shell:
        next(ours)  # a login takes a minute
        return shell

    look = look_at(Way(host(), connect), (), lambda: next(ours))
    assert look.host.clock_offset_sec == 3


def _stack(port: int, arr_port: int) -> Stack:
    """Two hosts with a service each; of the first a mount and its volume; an app."""
    first = host("first", mounts=(MountBinding("/mnt/media", "pve:/media"),))
    health = HealthBinding(port, "/ping")
    app = HealthBinding(arr_port, "/ping")
    return Stack(
        site="cabin",
        hosts=(host("second"), first),
        services=(
            ServiceBinding("radarr", "first", "radarr", health=app, category="management"),
            ServiceBinding("parked", "first", "parked", Declared.PARKED, health=health),
            ServiceBinding("jellyfin", "second", "jellyfin", health=health),
        ),
        volumes=(VolumeBinding("pve:/media", "first", "/mnt/media"),),
        imports=(ImportBinding("radarr", "radarr", "radarr", KeyBinding(env="KEY")),),
    )


def test_a_snapshot_is_whole_and_in_the_bindings_order() -> None:
    """Hosts as declared; services by host; nothing is asked of what is parked."""
    with serving(answering("502 Bad Gateway")) as port, ArrServer("radarr", api_key="k") as app:
        app.history.add("one", NOW)
        seen = _look(
            _stack(port, app.server_port),
            lambda binding: FakeShell(address=f"at {binding.name}"),
            KEY="k",
        )
        asked = app.requests
    assert (seen.taken_at, seen.trigger, seen.site) == (NOW, Trigger.PERSON, "cabin")
    assert [(one.name, one.address) for one in seen.hosts] == [
        ("second", "at second"),
        ("first", "at first"),
    ]
    assert [
        (
            one.name,
            one.state,
            one.reason,
            one.endpoint and (one.endpoint.state, one.endpoint.http_status),
        )
        for one in seen.services
    ] == [
        ("jellyfin", ServiceState.UNKNOWN, Reason.NO_ENGINE, (EndpointState.FAILED, 502)),
        ("radarr", ServiceState.UNKNOWN, Reason.NO_ENGINE, (EndpointState.OK, 200)),
        ("parked", ServiceState.UNKNOWN, Reason.NO_ENGINE, None),
    ]
    assert [(one.path, one.state) for one in seen.mounts] == [("/mnt/media", MountState.MISSING)]
    assert [(one.name, one.reason) for one in seen.volumes] == [("pve:/media", Reason.PATH_MISSING)]
    assert [(one.app, one.state, one.count) for one in seen.imports] == [
        ("radarr", ImportState.OK, 1)
    ]
    assert len(asked) == 2
    assert 0 <= seen.duration_ms < 10_000


@pytest.mark.parametrize(
    ("parts", "logins", "requests"),
    [
        (Part.HOSTS, 2, []),
        (Part.ENDPOINTS, 0, ["/ping"]),
        (Part.IMPORTS, 1, ["/api"]),
        (Part.ENDPOINTS | Part.IMPORTS, 1, ["/api", "/ping"]),
        (Part.ALL, 2, ["/api", "/ping"]),
    ],
)
def test_only_what_is_wanted_is_asked(parts: Part, logins: int, requests: list[str]) -> None:
    """A check of one part logs in nowhere it need not, and asks no app it need not."""
    connected: list[str] = []

    def connect(binding: HostBinding) -> Shell:
        connected.append(binding.name)
        return FakeShell()

    with ArrServer("radarr", api_key="k") as app:
        seen = _look(_stack(free_port(), app.server_port), connect, parts, KEY="k")
        asked = sorted(path[:5] if path == "/ping" else path[:4] for path in app.requests)
    assert (len(connected), asked) == (logins, requests)
    unknown = Part.HOSTS not in parts
    expected = (HostState.UNKNOWN, Reason.NOT_ASKED) if unknown else (HostState.UP, None)
    assert [(one.state, one.reason) for one in seen.hosts] == [expected] * 2
    assert len(seen.services) == 3
    assert len(seen.imports) == (1 if Part.IMPORTS in parts else 0)


def test_a_host_is_logged_in_to_once() -> None:
    """The question and every localhost-bound endpoint share one connection."""
    connected: list[str] = []

    def connect(binding: HostBinding) -> Shell:
        connected.append(binding.name)
        return FakeShell()

    services = tuple(
        ServiceBinding(
            f"s{number}",
            "download-stack",
            f"s{number}",
            health=HealthBinding(8000 + number, via_ssh=True),
        )
        for number in range(5)
    )
    seen = _look(Stack(hosts=(host(),), services=services), connect)
    assert connected == ["download-stack"]
    reasons = {one.endpoint.reason for one in seen.services if one.endpoint}
    assert reasons == {Reason.REFUSED}


def test_a_question_names_each_path_once() -> None:
    """A mount that is a volume too is asked one time."""
    binding = host(mounts=(MountBinding("/mnt/media"), MountBinding("/mnt/tv")))
    volumes = (
        VolumeBinding("v", binding.name, "/mnt/media"),
        VolumeBinding("w", binding.name, "/srv"),
        VolumeBinding("of another", "other", "/else"),
    )
    shell = FakeShell()
    _look(Stack(hosts=(binding,), volumes=volumes), by(shell))
    (script,) = shell.scripts
    assert script.split(b"\n")[0].removesuffix(b"'").split(b" ")[3:] == [
        b"-",
        b"-",
        b"/mnt/media",
        b"/mnt/tv",
        b"/srv",
    ]


def test_every_shell_is_closed_in_the_end() -> None:
    """A look leaves no connection open."""
    closed = threading.Semaphore(0)

    class Shown(FakeShell):
        def close(self) -> None:
            closed.release()

    _look(Stack(hosts=(host("a"), host("b"))), lambda _host: Shown())
    assert [closed.acquire(timeout=5) for _ in range(2)] == [True, True]


def test_a_look_tells_whom_it_waits_for() -> None:
    """Until a host has answered, its name is among those waited for."""
    go = threading.Event()

    def says(mark: str) -> str:
        go.wait(10)
        return f"{mark} machine\n"

    asking = Asking(TODAY, {}, connect=lambda _host: FakeShell(says))
    look = Look(Stack(hosts=(host("slow"),)), asking)
    before = look.waiting_for()
    go.set()
    look.wait()
    assert (before, look.waiting_for()) == (("slow",), ())


def test_a_failed_way_is_tried_once() -> None:
    """Whoever comes second to a way that failed gets the same failure at once."""
    tries: list[str] = []

    def connect(binding: HostBinding) -> Shell:
        tries.append(binding.name)
        raise Unreachable(Reason.TIMEOUT, "timed out")

    way = Way(host(), connect)
    failures: list[Reason] = []
    for _ in range(3):
        with pytest.raises(Unreachable) as failed:
            way()
        failures.append(failed.value.reason)
    way.close()
    assert (tries, failures) == (["download-stack"], [Reason.TIMEOUT] * 3)


def test_undeclared_containers_stand_behind_the_declared_services() -> None:
    """What runs and no line names is shown too."""
    line = '{"name": "/%s", "state": "running"}'

    def says(mark: str) -> str:
        containers = "\n".join(line % name for name in ("tinker", "radarr"))
        return f"{mark} machine\n{mark} engine docker 0 listed\n{containers}\n"

    services = (ServiceBinding("radarr", "download-stack", "radarr"),)
    seen = _look(Stack(hosts=(host(),), services=services), by(FakeShell(says)))
    assert [(one.name, one.declared) for one in seen.services] == [
        ("radarr", Declared.ACTIVE),
        ("tinker", Declared.UNDECLARED),
    ]


def test_an_engine_that_may_not_be_read_makes_services_unknown() -> None:
    """Not missing: nobody could look."""

    def says(mark: str) -> str:
        return f"{mark} machine\n{mark} engine docker 1\npermission denied\n"

    services = (ServiceBinding("radarr", "download-stack", "radarr"),)
    seen = _look(Stack(hosts=(host(),), services=services), by(FakeShell(says)))
    assert seen.services == (
        Service(
            "radarr",
            "download-stack",
            "radarr",
            Declared.ACTIVE,
            ServiceState.UNKNOWN,
            reason=Reason.PERMISSION_DENIED,
        ),
    )


def test_a_look_of_nothing_is_an_empty_snapshot() -> None:
    """A stack without hosts is no mistake."""

    def connect(_host: HostBinding) -> Shell:
        raise AssertionError

    seen = _look(Stack(), connect)
    assert (seen.hosts, seen.services, seen.mounts, seen.volumes, seen.imports) == ((),) * 5


def test_a_host_look_starts_out_knowing_nothing() -> None:
    """What was not told is None, never an empty list of mounts."""
    assert HostLook(Host("h", HostState.UP)).entries is None

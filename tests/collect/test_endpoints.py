"""Health URLs, asked of real servers on loopback that answer, refuse, stall, and lie."""

import contextlib
import socket
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from recorder.bindings.stack import HealthBinding, HostBinding
from recorder.collect.endpoints import Asked, ask_endpoint, no_answer, seen_with
from recorder.collect.local import LocalShell
from recorder.collect.shell import Connection, Shell, Unreachable
from recorder.model import Endpoint, EndpointState, Host, HostState, Reason

from .examples import LOCAL, FakeShell, host
from .servers import (
    Behaviour,
    answering,
    free_port,
    hanging_up,
    make_certificate,
    over_tls,
    request_of,
    saying,
    serving,
    silent,
    trickling,
)

NOWHERE = "nowhere..invalid"  # is no name to any resolver
FAILED = EndpointState.FAILED


def _no_shell() -> Shell:
    raise AssertionError("nobody needs a shell for this")


def _no_way() -> Shell:
    """SSH reaches the host at none of its addresses."""
    raise Unreachable(Reason.TIMEOUT, "timed out after 5 s")


def _asked(
    port: int,
    *,
    path: str = "/ping",
    at: HostBinding | None = None,
    way: Callable[[], Shell] = _no_shell,
    **more: object,
) -> Asked:
    health = HealthBinding(port, path, **{"timeout_sec": 5.0, **more})  # type: ignore[arg-type]
    return ask_endpoint(at or host(), health, way)


def _steady(endpoint: Endpoint) -> Endpoint:
    """Without the time it took, once that is known to be sane."""
    assert endpoint.latency_ms is None or 0 <= endpoint.latency_ms < 5000
    return replace(endpoint, latency_ms=None)


def _url(port: int, scheme: str = "http") -> str:
    return f"{scheme}://127.0.0.1:{port}/ping"


@pytest.mark.parametrize(
    ("status", "state", "reason"),
    [
        ("200 OK", EndpointState.OK, None),
        ("204 No Content", EndpointState.OK, None),
        ("302 Found", EndpointState.OK, None),
        ("399 Odd", EndpointState.OK, None),
        ("400 Bad Request", FAILED, Reason.HTTP_STATUS),
        ("401 Unauthorized", FAILED, Reason.HTTP_STATUS),
        ("404 Not Found", FAILED, Reason.HTTP_STATUS),
        ("502 Bad Gateway", FAILED, Reason.HTTP_STATUS),
    ],
)
def test_a_status_below_400_is_well(
    status: str, state: EndpointState, reason: Reason | None
) -> None:
    """A redirect is an answer and is not followed; an error is told with its number."""
    with serving(answering(status, b"", "Location: http://nowhere.invalid/")) as port:
        asked = _asked(port)
    code = int(status[:3])
    detail = f"answered {code}" if reason else None
    expected = Endpoint(state, _url(port), http_status=code, reason=reason, detail=detail)
    assert asked.endpoint.latency_ms is not None
    assert (_steady(asked.endpoint), asked.reached) == (expected, True)


BAD: dict[str, tuple[Behaviour, Reason, str]] = {
    "silent": (silent, Reason.TIMEOUT, "no answer in 0.4 s"),
    "hanging up": (hanging_up, Reason.REFUSED, "connection closed by the other side"),
    "not HTTP": (
        saying(b"220 mail.example ESMTP\r\n"),
        Reason.BAD_ANSWER,
        "what it answers is not HTTP",
    ),
    "binary": (saying(b"\x00\xff" * 50), Reason.BAD_ANSWER, "what it answers is not HTTP"),
    "a header for ever": (
        trickling(b"HTTP/1.1 200 OK\r\nX-Long: "),
        Reason.TIMEOUT,
        "no answer in 0.4 s",
    ),
    "a status line for ever": (trickling(b"HTTP/1.1 200 "), Reason.TIMEOUT, "no answer in 0.4 s"),
    "a header of a megabyte": (
        saying(b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 1_000_000 + b"\r\n\r\n"),
        Reason.BAD_ANSWER,
        "what it answers is not HTTP",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_whatever_takes_a_connection_and_answers_badly_has_failed(name: str) -> None:
    """One time limit holds for the whole answer, however it drips in; and the reason is told."""
    behave, reason, detail = BAD[name]
    began = time.monotonic()
    with serving(behave) as port:
        asked = _asked(port, timeout_sec=0.4)
        took = time.monotonic() - began
    expected = Endpoint(FAILED, _url(port), reason=reason, detail=detail)
    assert asked == Asked(expected, reached=True)
    assert took < 3


def test_a_closed_port_is_refused() -> None:
    """The host answered, the service does not: its host is not away."""
    port = free_port()
    detail = "connection refused"
    expected = Endpoint(FAILED, _url(port), reason=Reason.REFUSED, detail=detail)
    assert _asked(port) == Asked(expected, reached=True)


def test_a_name_that_does_not_exist_is_not_reached() -> None:
    """Neither an unknown name nor an impossible one is an answer."""
    for name in (NOWHERE, "two..dots", "x" * 64 + ".example"):
        asked = _asked(80, at=host("h", name), way=_no_way)
        assert asked.reached is False
        assert asked.endpoint.reason is Reason.NAME_NOT_FOUND
        assert asked.endpoint.detail == "name not found"


def test_the_next_address_is_tried_when_the_first_is_not_there() -> None:
    """Away from home, the second address serves."""
    with serving(answering("200 OK")) as port:
        asked = _asked(port, at=host("h", NOWHERE, "127.0.0.1"), way=_no_way)
    assert asked.endpoint.state is EndpointState.OK


def test_of_several_addresses_the_one_ssh_proved_is_asked() -> None:
    """Away from home the LAN address may be a stranger's; what is shown names the one asked."""
    with serving(answering("200 OK")) as port:
        asked = _asked(port, at=host("h", "127.0.0.2", "127.0.0.1"), way=LocalShell)
    assert asked.endpoint.state is EndpointState.OK
    assert asked.endpoint.url == _url(port)


def test_an_address_that_refuses_is_the_host() -> None:
    """The next address would be the same host: it is not asked."""
    seen: list[bytes] = []
    with serving(lambda connection: seen.append(request_of(connection))) as port:
        asked = _asked(port, at=host("h", "127.0.0.2", "127.0.0.1"), way=_no_way)
    assert (asked.endpoint.reason, seen) == (Reason.REFUSED, [])


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_ipv6_addresses_are_dialled_and_spelled_in_brackets() -> None:
    """An IPv6 address works like any other."""
    asked_of: list[bytes] = []

    def behave(connection: socket.socket) -> None:
        asked_of.append(request_of(connection))
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")

    with contextlib.ExitStack() as stack:
        try:
            port = stack.enter_context(serving(behave, "::1"))
        except OSError:
            pytest.skip("loopback has no IPv6 here")
        asked = _asked(port, at=host("h", "::1"))
    assert (asked.endpoint.state, asked.endpoint.url) == (
        EndpointState.OK,
        f"http://[::1]:{port}/ping",
    )
    assert f"Host: [::1]:{port}\r\n".encode() in asked_of[0]


def test_a_request_asks_for_the_path_as_it_was_typed() -> None:
    """Path and query go as they are; only what HTTP can't carry is spelled out."""
    seen: list[bytes] = []

    def behave(connection: socket.socket) -> None:
        seen.append(request_of(connection).split(b"\r\n")[0])
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")

    with serving(behave) as port:
        for path in ("/", "/a%20b?c=d&e=f+g", "/grün?x=[1]"):
            _asked(port, path=path)
    assert seen == [
        b"GET / HTTP/1.1",
        b"GET /a%20b?c=d&e=f+g HTTP/1.1",
        b"GET /gr%C3%BCn?x=[1] HTTP/1.1",
    ]


def test_a_health_url_of_another_place_is_asked_there() -> None:
    """A whole URL in the binding is that URL, and its silence says nothing of the host."""
    with serving(answering("200 OK")) as port:
        asked = _asked(port, at=host("h", NOWHERE), host="127.0.0.1")
    assert (asked.endpoint.state, asked.endpoint.url) == (EndpointState.OK, _url(port))
    away = _asked(80, at=host(), host=NOWHERE)
    down = Host("download-stack", HostState.DOWN, reason=Reason.TIMEOUT)
    assert seen_with(away, down).state is FAILED


class TestTls:
    """HTTPS, with certificates made on the spot."""

    def test_a_certificate_nobody_vouches_for_is_refused(self, tmp_path: Path) -> None:
        """A self-signed certificate is a failure, with the reason in words."""
        certificate = make_certificate(tmp_path / "own.pem", "127.0.0.1")
        with serving(over_tls(answering("200 OK"), certificate)) as port:
            asked = _asked(port, scheme="https")
        expected = Endpoint(
            FAILED, _url(port, "https"), reason=Reason.TLS, detail="certificate: CERT"
        )
        detail = asked.endpoint.detail or ""
        assert detail in (
            "certificate: self-signed certificate",
            "certificate: self signed certificate",
        )
        assert replace(asked.endpoint, detail="certificate: CERT") == expected

    @pytest.mark.parametrize(
        ("names", "days", "words"),
        [
            (("127.0.0.1",), 1, None),
            (("other.example",), 1, "certificate: IP address mismatch"),
            (("127.0.0.1",), -1, "certificate: certificate has expired"),
        ],
    )
    def test_a_trusted_certificate_must_name_the_address_and_be_in_date(
        self,
        names: tuple[str, ...],
        days: int,
        words: str | None,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """Who is trusted is what the system trusts; the rest of a certificate counts too."""
        certificate = make_certificate(tmp_path / "own.pem", *names, days=days)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        with serving(over_tls(answering("200 OK"), certificate)) as port:
            endpoint = _asked(port, scheme="https").endpoint
        if words is None:
            assert endpoint.state is EndpointState.OK
        else:
            assert endpoint.reason is Reason.TLS
            assert (endpoint.detail or "").startswith(words)

    def test_an_unchecked_certificate_may_be_anybodys(self, tmp_path: Path) -> None:
        """`tls_verify: false` asks all the same."""
        certificate = make_certificate(tmp_path / "own.pem", "other.example", days=-1)
        with serving(over_tls(answering("200 OK"), certificate)) as port:
            asked = _asked(port, scheme="https", verify_tls=False)
        assert asked.endpoint.state is EndpointState.OK

    def test_a_server_without_tls_fails_by_tls(self) -> None:
        """HTTP at the port of HTTPS."""
        with serving(saying(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as port:
            asked = _asked(port, scheme="https", timeout_sec=0.5)
        # A server that waits for a request it understands stays silent; one that answers is no TLS.
        assert asked.endpoint.reason in (Reason.TLS, Reason.TIMEOUT)

    def test_a_plain_answer_to_a_handshake_is_no_tls(self) -> None:
        """What comes back has to be a handshake."""

        def behave(connection: socket.socket) -> None:
            connection.recv(4096)
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        with serving(behave) as port:
            asked = _asked(port, scheme="https")
        assert asked.endpoint.reason is Reason.TLS
        assert (asked.endpoint.detail or "").startswith("TLS: ")

    def test_a_handshake_may_not_take_longer_than_the_whole_answer(self) -> None:
        """A handshake that drips in is bounded by the one time limit."""

        def behave(connection: socket.socket) -> None:
            connection.recv(4096)
            connection.sendall(b"\x16\x03\x03\x40\x00")  # a record of 16 KiB begins
            while True:
                connection.sendall(b"\x00")
                time.sleep(0.02)

        began = time.monotonic()
        with serving(behave) as port:
            asked = _asked(port, scheme="https", timeout_sec=0.4)
        assert time.monotonic() - began < 3
        assert (asked.endpoint.reason, asked.endpoint.detail) == (
            Reason.TIMEOUT,
            "no answer in 0.4 s",
        )

    def test_a_refused_handshake_is_told_as_tls(self) -> None:
        """A server that hangs up on the handshake."""

        def behave(connection: socket.socket) -> None:
            connection.recv(4096)

        with serving(behave) as port:
            asked = _asked(port, scheme="https")
        assert asked.endpoint.reason in (Reason.TLS, Reason.REFUSED)
        assert asked.reached is True

    def test_tls_runs_through_ssh_too(self, tmp_path: Path) -> None:
        """A channel through SSH is no socket; HTTPS goes through it all the same."""
        certificate = make_certificate(tmp_path / "own.pem", "127.0.0.1")
        with serving(over_tls(answering("200 OK"), certificate)) as port:
            shell = FakeShell(dial=_Channel.to)
            asked = _asked(port, scheme="https", verify_tls=False, via_ssh=True, way=lambda: shell)
        assert asked.endpoint.state is EndpointState.OK


class _Channel:
    """A connection that is no socket, as one through SSH."""

    def __init__(self, connection: socket.socket) -> None:
        self.settimeout = connection.settimeout
        self.sendall = connection.sendall
        self.recv = connection.recv
        self.close = connection.close

    @classmethod
    def to(cls, port: int, timeout_sec: float) -> Connection:
        return cls(socket.create_connection(("127.0.0.1", port), timeout_sec))


class TestThroughSsh:
    """Services that listen on their host's localhost only."""

    def test_the_port_is_dialled_on_the_host_itself(self) -> None:
        """The host's own 127.0.0.1 is asked, and named in the URL."""
        with serving(answering("200 OK")) as port:
            shell = FakeShell(dial=_Channel.to)
            asked = _asked(port, at=host("h", NOWHERE), via_ssh=True, way=lambda: shell)
        assert _steady(asked.endpoint) == Endpoint(EndpointState.OK, _url(port), http_status=200)

    def test_the_wait_for_the_login_is_no_latency(self) -> None:
        """What the endpoint is blamed for is its own time."""

        def late() -> Shell:
            time.sleep(0.6)
            return FakeShell(dial=_Channel.to)

        with serving(answering("200 OK")) as port:
            asked = _asked(port, via_ssh=True, way=late, timeout_sec=0.5)
        assert asked.endpoint.state is EndpointState.OK
        assert (asked.endpoint.latency_ms or 0) < 500

    @pytest.mark.parametrize(
        ("error", "state", "reason", "detail", "reached"),
        [
            (ConnectionRefusedError(), FAILED, Reason.REFUSED, "connection refused", True),
            (TimeoutError(), FAILED, Reason.TIMEOUT, "timed out after 5 s", False),
            (
                PermissionError("sshd forbids forwarding"),
                EndpointState.UNKNOWN,
                Reason.FORWARDING_DENIED,
                "sshd forbids forwarding",
                True,
            ),
            (
                Unreachable(Reason.AUTH_FAILED, "login refused"),
                EndpointState.UNKNOWN,
                Reason.HOST_DOWN,
                None,
                False,
            ),
        ],
    )
    def test_what_keeps_us_from_the_port_is_told(
        self,
        error: Exception,
        state: EndpointState,
        reason: Reason,
        detail: str | None,
        reached: bool,  # noqa: FBT001 - a column of the table
    ) -> None:
        """A forbidden way in is unknown, not a service that failed."""

        def dial(_port: int, _timeout_sec: float) -> Connection:
            raise error

        asked = _asked(8080, via_ssh=True, way=lambda: FakeShell(dial=dial))
        expected = Endpoint(state, _url(8080), reason=reason, detail=detail)
        assert asked == Asked(expected, reached=reached)


class TestWithItsHost:
    """What an endpoint's silence means depends on its host."""

    UNREACHED = Asked(Endpoint(FAILED, "u", reason=Reason.TIMEOUT, detail="d"), reached=False)
    AWAY = Endpoint(EndpointState.UNKNOWN, "u", reason=Reason.HOST_DOWN)

    @pytest.mark.parametrize("reason", [Reason.TIMEOUT, Reason.NO_ROUTE, Reason.NAME_NOT_FOUND])
    def test_an_endpoint_of_a_host_that_is_away_is_unknown(self, reason: Reason) -> None:
        """Where neither SSH nor the port answers, nobody saw the service fail."""
        down = Host("h", HostState.DOWN, reason=reason)
        assert seen_with(self.UNREACHED, down) == self.AWAY

    @pytest.mark.parametrize(
        "home",
        [
            Host("h", HostState.UP),
            Host("h", HostState.UNKNOWN, reason=Reason.NOT_ASKED),
            Host("h", HostState.DOWN, reason=Reason.AUTH_FAILED),
            Host("h", HostState.DOWN, reason=Reason.REFUSED),
            Host("h", HostState.DOWN, reason=Reason.HOST_KEY_CHANGED),
        ],
    )
    def test_an_endpoint_of_a_host_that_is_there_has_failed(self, home: Host) -> None:
        """A host that refuses us is there, and so its endpoint's silence is its own."""
        assert seen_with(self.UNREACHED, home) == self.UNREACHED.endpoint

    def test_an_endpoint_that_answered_keeps_its_answer(self) -> None:
        """HTTP may work where SSH does not."""
        down = Host("h", HostState.DOWN, reason=Reason.TIMEOUT)
        answered = Asked(Endpoint(EndpointState.OK, "u", 200, 3), reached=True)
        assert seen_with(answered, down) == answered.endpoint


def test_a_local_service_is_asked_at_localhost() -> None:
    """A service of this machine is found without a name."""
    with serving(answering("200 OK")) as port:
        asked = _asked(port, at=replace(LOCAL, addresses=(NOWHERE,)))
    assert (asked.endpoint.state, asked.endpoint.url) == (EndpointState.OK, _url(port))


def test_an_endpoint_nobody_waits_for_any_more_timed_out() -> None:
    """A question that outlives every limit is a timeout."""
    expected = Endpoint(
        FAILED, "http://127.0.0.1:80/ping", reason=Reason.TIMEOUT, detail="no answer in 21 s"
    )
    late = no_answer(host(), HealthBinding(80, "/ping"), "no answer in 21 s")
    assert late == Asked(expected, reached=False)

"""The gates, from the command line, on this machine and an engine that a test sets."""

import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from .test_recording import ROOT, Machine

COMPOSE = "services: {radarr: {container_name: radarr, image: 'lab/radarr:1'}}\n"


class Bound(Machine):
    """This machine, with a binding."""

    def bind(self, text: str) -> None:
        """Write the binding."""
        folder = self.folder / "ops" / "bindings"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "media.services.yaml").write_text(text)

    def verify(self, *arguments: str) -> tuple[int, dict[str, dict[str, object]]]:
        """The exit code, and what each gate found, held against the schema."""
        done = self.ops("verify", "--json", *arguments)
        assert done.stderr == ""
        document = json.loads(done.stdout)
        schema = json.loads((ROOT / "docs" / "schema" / "verify.json").read_text())
        assert [*Draft202012Validator(schema).iter_errors(document)] == []
        assert (document["status"] == "fail") is (done.returncode == 1)
        return done.returncode, {it["gate"]: it for it in document["data"]["gates"]}


@pytest.fixture
def port() -> Iterator[int]:
    """A port of this machine that answers twice with 503 and then with 200."""
    answers = [503, 503]

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(answers.pop() if answers else 200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.fixture
def machine(tmp_path: Path) -> Bound:
    return Bound(tmp_path)


def bound(machine: Machine, port: int, *, retries: int = 2) -> str:
    return f"""
hosts: {{here: {{connect: local, compose_path: {machine.folder}/stack}}}}
services:
  radarr: {{vm: here, port: {port}, health: /, health_retries: {retries}}}
ports: {{here: {{{port}: radarr}}}}
"""


def test_all_gates_are_held_from_one_look(machine: Bound, port: int) -> None:
    """All pass: exit code 0. A URL is asked again before it fails, as often as bound."""
    (machine.folder / "stack").mkdir()
    (machine.folder / "stack" / "docker-compose.yml").write_text(COMPOSE)
    machine.bind(bound(machine, port))
    machine.runs(radarr="running")
    machine.publish(radarr=port)
    code, gates = machine.verify()
    assert (code, {it["state"] for it in gates.values()}) == (0, {"pass"})
    assert [*gates] == ["D106", "D107", "D108", "D109", "D110"]


def test_a_gate_that_fails_or_is_unknown_makes_it_exit_1(machine: Bound, port: int) -> None:
    """No retry left: failed; no compose file: unknown. The screen says both, and what to do."""
    machine.bind(bound(machine, port, retries=0))
    machine.runs(radarr="running")
    machine.publish(radarr=port)
    shown = machine.ops("verify", "--ascii")
    assert (shown.returncode, shown.stderr) == (1, "")
    assert shown.stdout.splitlines()[-2:] == ["X 1 FAIL: D108", "? 1 UNKNOWN: D109"]
    assert shown.stdout.isascii()
    code, gates = machine.verify("D109")
    assert (code, gates["D109"]["state"]) == (1, "unknown")
    (finding,) = gates["D109"]["findings"]
    assert finding["what"] == "its images are not known: there is no compose file"


def test_another_image_than_the_compose_file_says_fails(machine: Bound, port: int) -> None:
    """And so does a container that publishes another service's port."""
    (machine.folder / "stack").mkdir()
    (machine.folder / "stack" / "compose.yaml").write_text(COMPOSE.replace(":1", ":2"))
    machine.bind(bound(machine, port))
    machine.runs(radarr="running", stray="running")
    machine.publish(stray=port)
    code, gates = machine.verify("d106", "D109")
    assert (code, [*gates]) == (1, ["D106", "D109"])
    assert [it["what"] for it in gates["D106"]["findings"]] == [
        f"publishes port {port}, which is radarr's"
    ]
    assert [it["what"] for it in gates["D109"]["findings"]] == [
        "runs undeclared, of the image lab/stray:1",
        "runs lab/radarr:1, but compose.yaml says lab/radarr:2",
    ]


def test_gates_that_need_no_host_run_without_one(machine: Bound, port: int) -> None:
    """Nobody is logged in to: no engine is asked, and a host that is nowhere costs nothing."""
    (machine.folder / "bin" / "docker").write_text("#!/bin/sh\ntouch asked\n")
    machine.bind(
        bound(machine, port).replace("connect: local", "addresses: [192.0.2.1, 127.0.0.1]")
        + "ha_overlaps: {overlaps: [{ha_addon: radarr, shop_service: radarr, "
        "recommendation: decommission}]}\n"
    )
    (machine.folder / "ops" / "bindings" / "ha.addons.yaml").write_text(
        "addons: [{slug: a0d7b954_radarr, name: Radarr, state: started}]\n"
    )
    code, gates = machine.verify("--no-login", "D106", "D110")
    assert (code, {name: it["state"] for name, it in gates.items()}) == (
        1,
        {"D106": "pass", "D110": "fail"},
    )
    assert gates["D106"]["notes"] == ["what containers really publish was not asked"]
    assert not (machine.folder / "asked").exists()


def test_no_login_holds_the_three_gates_that_need_none(machine: Bound, port: int) -> None:
    """Endpoints are asked over the network from here, and SSH is not even asked for its config."""
    ssh = machine.folder / "bin" / "ssh"
    ssh.write_text(f"#!/bin/sh\ntouch {machine.folder}/asked\nexit 1\n")
    ssh.chmod(0o755)
    machine.bind(bound(machine, port).replace("connect: local", "addresses: localhost"))
    code, gates = machine.verify("--no-login")
    assert (code, [*gates]) == (0, ["D106", "D108", "D110"])
    assert not (machine.folder / "asked").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["D16"], 'no gate "D16" (did you mean "D106"?); gates: D106, D107, D108, D109, D110'),
        (["mounts"], 'no gate "mounts"; gates: D106, D107, D108, D109, D110'),
        (["D107", "--no-login"], "D107 asks hosts: leave out --no-login"),
    ],
)
def test_a_gate_that_is_none_is_told_in_a_line(
    machine: Bound, arguments: list[str], said: str
) -> None:
    """Exit code 2, before anybody is asked."""
    machine.bind("hosts: {here: {connect: local}}")
    done = machine.ops("verify", *arguments)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"ops: {said}\n")


def test_without_a_binding_there_is_nothing_to_hold(machine: Bound) -> None:
    """This machine alone is no statement of what should be."""
    done = machine.ops("verify")
    assert done.returncode == 2
    assert done.stderr.startswith("ops: there is no binding to hold the stack against")


def test_what_gates_find_is_recorded_and_a_new_failure_shows_in_changes(
    machine: Bound, port: int
) -> None:
    """media.status tells it once, among what changed; --no-record and --no-login leave no trace."""
    machine.bind(bound(machine, port))
    machine.runs(radarr="running")
    machine.publish(radarr=port)
    machine.ops("verify", "D109", "--no-record")
    machine.ops("verify", "--no-login")
    assert not machine.history.exists()
    first = machine.status()
    assert first["changes"]["gates"] == []
    done = machine.ops("verify", "D109", "--json")
    assert (done.returncode, json.loads(done.stdout)["data"]["recorded"]) == (1, True)
    (told,) = machine.status("--since", "1h")["changes"]["gates"]
    assert (told["gate"], told["was"], told["now"]) == ("D109", None, "unknown")
    assert told["findings"] == ["here its images are not known: there is no compose file"]
    mail = machine.ops("media.snapshot")
    assert (mail.returncode, "gate D109" in mail.stdout) == (0, False)


def test_gates_that_could_not_be_recorded_are_shown_all_the_same(machine: Bound, port: int) -> None:
    """Exit code 3 where all pass, with one line why; a failure is still a failure."""
    machine.bind(bound(machine, port))
    machine.history.parent.mkdir()
    machine.history.write_bytes(b"this is no database" * 100)
    done = machine.ops("verify", "D110")
    assert (done.returncode, len(done.stderr.splitlines())) == (3, 1)
    assert done.stderr.startswith("ops: not recorded: ")
    assert done.stdout.splitlines()[-1] == "? NOTHING TO CHECK"
    assert machine.ops("verify", "D109").returncode == 1

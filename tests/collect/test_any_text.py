"""Whatever a host, a container or a config file holds: it is read as text, or as nothing."""

import contextlib
import json
import re
import string
from dataclasses import fields
from datetime import UTC, date, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from recorder.bindings.stack import HostBinding
from recorder.collect.arr import TITLE_LIMIT, parse_history
from recorder.collect.containers import TEXT_LIMIT, Container, parse_engine, parse_time
from recorder.collect.elements import NoArrayError, elements
from recorder.collect.look import read_answer
from recorder.collect.machine import parse_machine
from recorder.collect.mounts import MOST_BYTES, export, parse_mountinfo, parse_paths, unescape
from recorder.collect.probe import Question, Section, question, sections
from recorder.collect.shell import Answer, Ended, Reading
from recorder.collect.ssh.config import SshOptions, fill, parse_jump, parse_resolved
from recorder.collect.ssh.known_hosts import KnownHosts, host_label
from recorder.model import ServiceState, day_of

MARK = "0123456789abcdef0123456789abcdef"
ASKED = Question(MARK, ("/mnt/a", "/mnt/b"), b"")
DEFAULTS = SshOptions("h", 22, "me", (), ())
TODAY = day_of(date(2026, 2, 16), UTC)

text = st.text()
numbers = st.one_of(
    st.integers().map(str), st.text("0123456789.-+eE", max_size=8), st.just("9" * 5000), text
)
WORDS = "machine paths mounts engine end space asked found clock uptime docker podman - 0 1 127 137"
WORDS += f" still listed booted load MemTotal: boot_id ² ٣ \x00 rw ro nfs4 /mnt/a \\040 {MARK}"
words = st.sampled_from([*WORDS.split(" "), "{ sec = 7"])
line = st.lists(st.one_of(words, numbers), max_size=8).map(" ".join)
lines = st.lists(st.one_of(line, text), max_size=12)
values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), text),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(text, inner, max_size=3)),
    max_leaves=5,
)
KEYS = "id name created state exit_code oom_killed error started finished health restarts image"
KEYS += " image_id version project service oneoff date eventType sourceTitle"
SSH_KEYWORDS = "port user hostname identityfile identityagent proxyjump proxycommand"
SSH_KEYWORDS += " userknownhostsfile hostkeyalias identitiesonly"
objects = st.dictionaries(st.sampled_from(KEYS.split()), values)


@given(st.lists(line, max_size=20), st.sampled_from(Ended))
@example([f"{MARK} space", f"{MARK} asked", f"{MARK} found"], Ended.WHOLE)
@example([f"{MARK} machine", f"{MARK} paths", f"{MARK} space 0 {'9' * 5000} 1 1"], Ended.WHOLE)
def test_no_answer_ends_a_look(said: list[str], ended: Ended) -> None:
    """Any lines, marked or not: the host is up or down, and each number is of sane size."""
    output = "".join(f"{MARK} {one}\n" if len(one) % 2 else f"{one}\n" for one in said)
    binding = HostBinding("h", ("192.0.2.9",))
    look = read_answer(binding, None, ASKED, Answer(output.encode(), ended), 0.0)
    for space in look.spaces.values():
        for size in (space.free_bytes, space.total_bytes, space.latency_ms):
            assert size is None or 0 <= size <= MOST_BYTES


@given(st.binary())
def test_no_bytes_make_a_section(output: bytes) -> None:
    """Without the run's own mark everything is noise."""
    assert sections(output, MARK) == {}


@given(lines, st.sampled_from(["machine", "paths", "mounts", "engine docker 0 listed", "end"]))
def test_a_forged_mark_structures_nothing(noise: list[str], name: str) -> None:
    """Only the mark of this very run begins a section; any other is a line of the one it is in."""
    forged = [f"{'f' * 32} {name}", *(one.replace(MARK, "") for one in noise)]
    kept = [one for one in "\n".join(forged).split("\n") if one]
    output = "\n".join([f"{MARK} engine docker 0 listed", *forged, f"{MARK} end", ""])
    found = sections(output.encode("utf-8", "replace"), MARK)
    assert set(found) == {"engine", "end"}
    assert len(found["engine"].lines) == len(kept)


def test_each_question_has_a_mark_of_its_own() -> None:
    """Two questions never share a mark, so that no container can be called one."""
    marks = {question(("/mnt/a",), search=False).mark for _ in range(100)}
    assert len(marks) == 100
    assert all(re.fullmatch("[0-9a-f]{32}", mark) for mark in marks)


@given(st.binary(max_size=200), st.integers(1, 9), st.booleans())
def test_reading_is_the_same_in_any_chunks(noise: bytes, size: int, end: bool) -> None:  # noqa: FBT001
    """Where the network cuts an answer changes nothing of it."""
    whole = noise + (b"\nM end\n" if end else b"")
    at_once, bit_by_bit = Reading(b"M end"), Reading(b"M end")
    at_once.add(whole)
    said = [bit_by_bit.add(whole[at : at + size]) for at in range(0, len(whole), size)]
    assert bit_by_bit.answer(Ended.WHOLE) == at_once.answer(Ended.WHOLE)
    is_in = b"\nM end\n" in b"\n" + whole
    assert (Ended.WHOLE in said) is is_in


@given(lines)
def test_a_machine_says_numbers_or_nothing(said: list[str]) -> None:
    """What is no sane number is not known."""
    machine = parse_machine(said)
    for field in fields(machine):
        value = getattr(machine, field.name)
        assert value is None or isinstance(value, str) or abs(value) < 1024 * 10**15


@given(st.lists(st.one_of(line, objects.map(json.dumps)), max_size=6), st.lists(words, max_size=4))
def test_an_engine_says_containers_or_complaints(said: list[str], head: list[str]) -> None:
    """Every line is a container or part of a complaint, each text of bounded length."""
    engine, containers = parse_engine(Section(tuple(head), tuple(said)), "nas", silent="silent")
    assert len(engine.detail or "") <= TEXT_LIMIT
    for container in containers:
        for field in fields(Container):
            value = getattr(container, field.name)
            if type(value) is str:
                assert len(value) <= TEXT_LIMIT
                value.encode()
            elif type(value) is int:
                assert abs(value) < 1 << 31


@given(text, text, text)
def test_whatever_is_in_a_label_stays_text(project: str, service: str, version: str) -> None:
    """Newlines, escapes, forged marks and markup in labels are characters of the label."""
    told = {"project": project, "service": service, "version": version, "state": "running"}
    one = json.dumps({"name": "/x", **told})
    output = f"{MARK} engine docker 0 listed\n{one}\n{MARK} end\n".encode()
    _, containers = parse_engine(sections(output, MARK)["engine"], "nas", silent="")
    (container,) = containers
    assert container.state is ServiceState.RUNNING
    assert (container.project, container.compose_service, container.image_version) == tuple(
        label.encode("utf-8", "replace").decode()[:TEXT_LIMIT] or None
        for label in (project, service, version)
    )


@given(lines, st.lists(text, max_size=3, unique=True))
def test_each_asked_path_has_an_answer(said: list[str], asked: list[str]) -> None:
    """Also where none arrived; and bytes are bounded."""
    spaces, found = parse_paths(said, asked)
    assert set(spaces) == set(asked) | set(found)


@given(lines)
def test_mountinfo_lines_are_entries_or_nothing(said: list[str]) -> None:
    """Each entry stands under its own path, ro or rw."""
    for path, entry in parse_mountinfo(said).items():
        assert (entry.path, entry.mode in ("ro", "rw")) == (path, True)


@given(st.text(alphabet=string.printable + "äß\\"))
def test_unescaping_undoes_the_kernels_spelling(path: str) -> None:
    """Blank, tab, newline and backslash are what the kernel spells in octal."""
    spelled = "".join(f"\\{ord(c):03o}" if c in " \t\n\\" else c for c in path)
    assert unescape(spelled) == path


@given(text)
def test_unescaping_and_exports_take_any_text(source: str) -> None:
    """An export's path is never empty, and ends in no slash but the root's."""
    unescape(source)
    path = export(source)
    assert path
    assert path == "/" or not path.endswith("/")


@given(st.one_of(text, values, numbers))
@example("2026-02-31T10:00:00Z")
@example("9999-12-31T23:59:59-14:00")
@example("2026-02-16T10:00:00.1234567890Z")
@example("2026-02-16T10:00:00Z\n")
@example("٢٠٢٦-02-16T10:00:00Z")
def test_what_is_no_time_is_none(value: object) -> None:
    """A time is aware and in UTC, or there is none."""
    at = parse_time(value)
    assert at is None or at.tzinfo is UTC


@given(st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1)), st.integers(-14, 14))  # noqa: DTZ001
def test_an_engines_time_is_read_to_the_microsecond(moment: datetime, hours: int) -> None:
    """Nanoseconds and offsets of any kind give the moment itself."""
    at = moment.replace(tzinfo=UTC)
    local = f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond:06d}999"
    assert parse_time(f"{local}Z") == at
    shifted = parse_time(f"{local}{hours:+03d}:00")
    assert shifted is not None
    assert (at - shifted).total_seconds() == hours * 3600


@given(st.one_of(st.binary(), values.map(json.dumps).map(str.encode)))
def test_no_body_ends_a_count(body: bytes) -> None:
    """Whatever an app answers is a history or none."""
    with contextlib.suppress(NoArrayError):
        titles = parse_history([body], "e", TODAY.begin, TODAY.end)
        assert all(len(one.title) <= TITLE_LIMIT for one in titles)


@given(st.lists(objects, max_size=5), st.integers(1, 40))
def test_an_array_is_its_elements_however_it_arrives(events: list[object], size: int) -> None:
    """In whatever chunks; one that lacks its end is none."""
    body = json.dumps(events).encode()
    chunks = [body[at : at + size] for at in range(0, len(body), size)]
    assert json.dumps(list(elements(chunks))) == json.dumps(events)  # NaN is not even itself
    with pytest.raises(NoArrayError):
        list(elements([body[:-1]]))


@given(
    st.lists(
        st.tuples(
            st.sampled_from(SSH_KEYWORDS.split()),
            st.one_of(numbers, text, st.text("%hprnud~/$ ", max_size=8)),
        ),
        max_size=6,
    )
)
def test_no_config_ends_a_login(said: list[tuple[str, str]]) -> None:
    """Whatever `ssh -G` says of a host, its port is one."""
    options = parse_resolved("".join(f"{key} {value}\n" for key, value in said), DEFAULTS)
    assert 0 < options.port < 65536


@given(text)
@example("100%")
@example("%%h")
def test_tokens_are_filled_in_once(value: str) -> None:
    """An unknown token stays as it is, and what was filled in is not read again."""
    assert fill(value, {}) == value
    assert fill(f"{value.replace('%', '%%')}|%h", {"%": "%", "h": value}) == f"{value}|{value}"


@given(text)
@example("u@[2001:db8::1]:2200")
@example("ssh://u@h:99999")
def test_a_jump_is_a_place_and_maybe_a_port(hop: str) -> None:
    """Whatever stands there, a port is one or none."""
    _, _, port = parse_jump(hop)
    assert port is None or 0 < port < 65536


@given(lines, text, st.integers(1, 65535))
@example(["|1|x", "|1|eA==|eA==|z ssh-rsa eA==", "@revoked", "* ssh-rsa ===", "! a b"], "h", 22)
def test_no_line_of_known_hosts_ends_a_login(said: list[str], name: str, port: int) -> None:
    """A line that is none makes no key."""
    for key in KnownHosts(said).keys(host_label(name, port)):
        assert isinstance(key.key, bytes)


@given(st.lists(text.filter(lambda path: path and "\x00" not in path), max_size=4))
@settings(max_examples=30)
def test_a_path_is_one_word_of_the_request(paths: list[str]) -> None:
    """No path ends its word, the line, or the quotes around it; each comes back as it was."""
    told = [path.encode("utf-8", "replace").decode() for path in paths]
    asked = question(told, search=False)
    line, _, _ = asked.script.partition(b"\n")
    words = re.fullmatch(rb"request='([A-Za-z0-9/._+:@,=%\\ -]*)'", line)
    assert words is not None
    version, mark, what, search, compose, *rest = words[1].split(b" ")
    assert (version, mark, what, search, compose) == (
        b"1",
        asked.mark.encode(),
        b"look",
        b"-",
        b"-",
    )
    back = [re.sub(rb"\\0([0-3][0-7]{2})", lambda it: bytes([int(it[1], 8)]), it) for it in rest]
    assert [word.decode() for word in back] == told

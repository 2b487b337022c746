"""D109: the containers that run are those of the binding, of the images of the compose file."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.collect.compose import Composed, ComposeFile
from recorder.gates.images import Match, matches
from recorder.model import Declared, GateState, Service, ServiceState

from .made import COMPOSE, EVIDENCE, HOST, STACK, facts, held, running, seen, told

OTHER = running("sonarr")
ROWS: dict[str, tuple[Service, list[tuple[str, str, str]]]] = {
    "missing": (
        running("radarr", state=ServiceState.MISSING),
        [("fail", "radarr", "there is no container radarr")],
    ),
    "ended": (
        running("radarr", state=ServiceState.EXITED, exit_code=137),
        [("fail", "radarr", "does not run: exited (137)")],
    ),
    "parked but running": (
        running("radarr", declared=Declared.PARKED),
        [("fail", "radarr", "runs, though parked")],
    ),
    "parked and at rest": (
        running("radarr", declared=Declared.STOPPED, state=ServiceState.EXITED),
        [],
    ),
    "undeclared": (
        running("x", declared=Declared.UNDECLARED, image="lab/x:1"),
        [("fail", "x", "runs undeclared, of the image lab/x:1")],
    ),
    "undeclared and at rest": (
        running("x", declared=Declared.UNDECLARED, state=ServiceState.EXITED),
        [],
    ),
    "another image": (
        running("radarr", image="hotio/radarr:1"),
        [("fail", "radarr", "runs hotio/radarr:1, but compose.yaml says lab/radarr:1")],
    ),
    "another tag": (
        running("radarr", image="lab/radarr:2"),
        [("fail", "radarr", "runs lab/radarr:2, but compose.yaml says lab/radarr:1")],
    ),
    "of another project": (running("radarr", image="lab/radarr:2", project="else"), []),
    "by its container's name": (
        running("sonarr", image="lab/sonarr:2", project=None, compose_service=None),
        [("fail", "sonarr", "runs lab/sonarr:2, but compose.yaml says lab/sonarr:1")],
    ),
}


@pytest.mark.parametrize(("service", "found"), ROWS.values(), ids=ROWS)
def test_a_container_is_as_bound_or_says_what_it_is(
    service: Service, found: list[tuple[str, str, str]]
) -> None:
    """What should run and does not, what runs and should not, and what runs another image."""
    others = () if service.name == OTHER.name else (OTHER,)
    result = held("D109", facts(seen(service, *others)))
    assert told(result) == found
    assert all(it.todo for it in result.findings)


def test_a_compose_file_that_can_not_be_read_is_unknown() -> None:
    """With its reason; a host that has none bound is left out, and said to be."""
    broken = replace(EVIDENCE, compose=ComposeFile(trouble="there is no compose file"))
    result = held("D109", facts(evidence=broken))
    assert told(result) == [
        ("unknown", "alpha", "its images are not known: there is no compose file")
    ]
    unbound = replace(STACK, hosts=(replace(HOST, compose_path=None),))
    result = held("D109", facts(stack=unbound, evidence=replace(EVIDENCE, compose=None)))
    assert (result.state, len(result.notes)) == (GateState.PASS, 1)


def test_an_image_left_to_a_variable_is_unknown() -> None:
    """A file that names nothing has nothing to compare with."""
    services = (Composed("radarr", None, "${IMAGE}"), *COMPOSE.services[1:])
    left = replace(EVIDENCE, compose=replace(COMPOSE, services=services))
    assert held("D109", facts(evidence=left)).state is GateState.UNKNOWN


def test_a_host_without_services_is_left_out() -> None:
    """Nothing is undeclared where nothing is declared."""
    stray = running("x", declared=Declared.UNDECLARED)
    result = held("D109", facts(seen(stray), replace(STACK, services=())))
    assert (result.state, result.checked, len(result.notes)) == (GateState.PASS, 0, 1)


IMAGES = [
    ("lab/radarr:1", "lab/radarr:1", Match.SAME),
    ("lab/radarr:1", "docker.io/lab/radarr:1", Match.SAME),
    ("docker.io/library/redis:latest", "redis", Match.SAME),
    ("localhost/lab/radarr:1", "lab/radarr:1", Match.SAME),
    ("lab/radarr:1", "lab/radarr", Match.OTHER),
    ("registry:5000/radarr", "registry:5000/radarr:latest", Match.SAME),
    ("lab/radarr@sha256:1", "lab/radarr", Match.OTHER),
    ("sha256:1234", "lab/radarr:1", Match.OTHER),
    ("lab/radarr:5", "lab/radarr:${TAG:-5}", Match.SAME),
    ("lab/radarr:6", "lab/radarr:${TAG:-5}", Match.SAME),
    ("lab/radarr:6", "lab/radarr:$TAG", Match.SAME),
    ("hotio/radarr:5", "lab/radarr:${TAG-5}", Match.OTHER),
    ("a.example/radarr:5", "${REGISTRY}/radarr:5", Match.SAME),
    ("a.example/sonarr:5", "${REGISTRY:?}/radarr:5", Match.OTHER),
    ("radarr:5", "${IMAGE:-radarr:5}", Match.SAME),
    ("radarr:6", "${IMAGE:-radarr:5}", Match.UNTOLD),
    ("radarr:6", "${A}/${B}:${C}", Match.UNTOLD),
    ("radarr:6", "radarr:${A:-${B:-6}}", Match.UNTOLD),
    (None, "radarr:6", Match.UNTOLD),
]


@pytest.mark.parametrize(("runs", "wanted", "match"), IMAGES)
def test_a_reference_is_compared_as_far_as_the_file_tells_it(
    runs: str | None, wanted: str, match: Match
) -> None:
    """What goes without saying is filled in; what a variable holds stands in another file."""
    assert matches(runs, wanted) is match


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_text_is_compared_with_any_other(runs: str, wanted: str) -> None:
    """Nothing that a host says breaks the comparison, and a text is its own image."""
    assert matches(runs, wanted) in Match
    if runs and "$" not in runs:
        assert matches(runs, runs) is Match.SAME

"""The compose file a host tells: read, cut, or said to be absent; never trusted."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.collect.compose import MOST_BYTES, Composed, ComposeFile, parse_compose
from recorder.collect.probe import Section

from .programs import HANGS, Machine, lists

FILE = """
x-common: &common
  restart: always
  image: lab/common:1
services:
  radarr:
    <<: *common
    image: "lab/radarr:${TAG:-5}"
    container_name: radarr-1
    environment:
      API_KEY: 0123456789abcdef0123456789abcdef
  sonarr: {<<: *common}
  built: {build: .}
  numbered: {image: 5}
"""


def section(text: str, *words: str) -> Section:
    told = words or ("0", str(len(text)), "compose.yaml")
    return Section(told, tuple(line for line in text.split("\n") if line))


def test_of_a_compose_file_only_names_and_images_are_kept() -> None:
    """Nothing of its environments; anchors and merge keys as YAML has them."""
    found = parse_compose(section(FILE), "/opt/stacks/Media.Stack")
    assert found == ComposeFile(
        "compose.yaml",
        "mediastack",
        (
            Composed("radarr", "radarr-1", "lab/radarr:${TAG:-5}"),
            Composed("sonarr", None, "lab/common:1"),
            Composed("built", None, None),
            Composed("numbered", None, "5"),
        ),
    )
    assert "0123456789abcdef" not in repr(found)


@pytest.mark.parametrize(
    ("path", "text", "project"),
    [
        ("/opt/media", "services: {}", "media"),
        ("/opt/media/compose.yaml", "services: {}", "media"),
        ("/opt/_Media 2", "services: {}", "media2"),
        ("/opt/media", "name: films\nservices: {}", "films"),
        ("/", "services: {}", None),
    ],
)
def test_a_project_is_called_as_compose_calls_it(path: str, text: str, project: str) -> None:
    """By its own name, else by its folder's."""
    assert parse_compose(section(text), path).project == project


@pytest.mark.parametrize(
    ("told", "trouble"),
    [
        (None, "its compose file did not arrive in time"),
        (section("", "3"), "there is no compose file"),
        (section("", "4"), "its compose file may not be read"),
        (section("", "137"), "its compose file did not arrive in time"),
        (section("a: b", "0", str(MOST_BYTES + 1), "x.yml"), "x.yml is longer than 256 KiB"),
        (section("a: b", "0", "many", "x.yml"), "x.yml is longer than 256 KiB"),
        (section("a: b: c", "0", "7", "x.yml"), "x.yml is no YAML that can be read"),
        (section("- a", "0", "3", "x.yml"), "x.yml is no YAML that can be read"),
        (section("a: b", "0", "4", "x.yml"), "x.yml has no services"),
    ],
)
def test_a_file_that_tells_nothing_says_why(told: Section | None, trouble: str) -> None:
    """None there, none that may be read, none that can be read."""
    assert parse_compose(told, "/opt/media").trouble == trouble


@given(st.text(max_size=200))
def test_any_text_is_a_file_or_a_reason(text: str) -> None:
    """Whatever a host sends, it is read or there is a reason."""
    found = parse_compose(section(text), "/opt/media")
    assert (found.trouble is None) or found.services == ()


@pytest.fixture
def stack(folder: Path) -> Path:
    """A folder that anybody may enter, for compose files."""
    made = folder / "a $(touch executed) stack"
    made.mkdir()
    made.chmod(0o755)
    return made


FILES = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")


def test_a_host_tells_its_compose_file_when_asked(shell: str, folder: Path, stack: Path) -> None:
    """The first that Compose itself would take, or the file that is bound; never by itself."""
    machine = Machine(folder, shell, {"docker": lists("radarr")})
    for number, name in enumerate(FILES):
        (stack / name).write_text(f"name: n{number}\nservices:\n\n  radarr: {{image: 'a:1'}}")
    told = ComposeFile("compose.yaml", "n0", (Composed("radarr", None, "a:1"),))
    look = machine.ask(["/"], compose=str(stack))
    assert (look.compose, [it.name for it in look.containers]) == (told, ["radarr"])
    third = replace(told, name=FILES[2], project="n2")
    assert machine.ask(compose=str(stack / FILES[2])).compose == third
    assert machine.ask(["/"]).compose is None
    assert not Path("executed").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="root asks as nobody; another user reads its own")
def test_a_compose_file_that_may_not_be_read_is_said(shell: str, folder: Path, stack: Path) -> None:
    """Its absence and its rights are told apart."""
    machine = Machine(folder, shell, {})
    missing = machine.ask(compose=str(stack)).compose
    (stack / "compose.yml").write_text("services: {}")
    (stack / "compose.yml").chmod(0o600)
    refused = machine.ask(compose=str(stack)).compose
    assert (missing, refused) == (
        ComposeFile(trouble="there is no compose file"),
        ComposeFile(trouble="its compose file may not be read"),
    )


def test_a_compose_file_of_any_length_is_cut(shell: str, folder: Path, stack: Path) -> None:
    """What is longer than can be read is not read in part."""
    (stack / "compose.yml").write_text("services: {}\n" + "# and so on\n" * 100_000)
    look = Machine(folder, shell, {}).ask(["/"], compose=str(stack))
    assert look.compose == ComposeFile("compose.yml", trouble="compose.yml is longer than 256 KiB")
    assert [*look.spaces] == ["/"]


@pytest.mark.parametrize("shell", ["dash", "bash"])  # busybox reads by itself, never our head
def test_a_compose_file_that_hangs_costs_its_limit(shell: str, folder: Path, stack: Path) -> None:
    """All else has arrived, and the file is said not to have."""
    (stack / "compose.yml").write_text("services: {}")
    look = Machine(folder, shell, {"head": HANGS}).ask(["/"], compose=str(stack))
    assert look.compose is not None
    assert look.compose.trouble == "its compose file did not arrive in time"
    assert [*look.spaces] == ["/"]

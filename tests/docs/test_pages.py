"""The pages of the documentation: whole, and leading where they say."""

import re
from pathlib import Path

import pytest

from recorder.model import (
    Condition,
    Declared,
    EndpointState,
    Health,
    HostState,
    ImportState,
    MountState,
    Reason,
    ServiceState,
    Verdict,
    VolumeState,
)

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
STATES = (ROOT / "docs" / "states.md").read_text(encoding="utf-8")
SECTIONS = {
    "Hosts": (HostState,),
    "Services": (ServiceState, Health, Declared, Condition),
    "Endpoints": (EndpointState,),
    "Mounts": (MountState,),
    "Volumes and imports": (VolumeState, ImportState),
    "The verdict": (Verdict,),
}
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?![a-z]+:)([^)#\s]*)(?:#([^)\s]*))?\)")


def named(text: str) -> set[str]:
    """The words a page lists: those in backticks, and those a table's rows begin with."""
    begun = re.findall(r"^\| ([a-z_, ]+) \|", text, re.MULTILINE)
    return {*re.findall(r"`([a-z_]+)`", text), *(word for row in begun for word in row.split(", "))}


def anchors(page: Path) -> set[str]:
    """A page's headings, as a link spells them."""
    headings = re.findall(
        r"^#+ (.+)$", FENCED.sub("", page.read_text(encoding="utf-8")), re.MULTILINE
    )
    return {re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_link_leads_somewhere(page: Path) -> None:
    """Every relative link is to a file, and a heading, that are there."""
    links = LINK.findall(FENCED.sub("", page.read_text(encoding="utf-8")))
    broken = []
    for place, heading in links:
        there = page.parent / place if place else page
        if not there.exists() or (heading and heading not in anchors(there)):
            broken.append(f"{place}#{heading}")
    assert broken == []


@pytest.mark.parametrize("section", SECTIONS)
def test_every_state_is_explained(section: str) -> None:
    """The page on states lists each state a thing can be in, under the thing."""
    text = STATES.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    states: set[str] = {state.value for kind in SECTIONS[section] for state in kind}
    assert states - named(text) == set()


def test_every_reason_is_explained() -> None:
    """The page on states lists each reason."""
    assert {reason.value for reason in Reason} - named(STATES) == set()


def test_every_schema_is_linked() -> None:
    """The page on JSON leads to each schema there is."""
    linked = {place for place, _ in LINK.findall((ROOT / "docs" / "json.md").read_text("utf-8"))}
    schemas = (ROOT / "docs" / "schema").glob("*.json")
    assert {f"schema/{schema.name}" for schema in schemas} - linked == set()

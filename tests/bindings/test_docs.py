"""The page on bindings says what the program does."""

import re
from pathlib import Path

import pytest

from recorder.bindings import load
from recorder.bindings.hosts import DEFAULT_KEYS, HOST_KEYS
from recorder.bindings.imports import IMPORT_KEYS
from recorder.bindings.services import OUR_KEYS
from recorder.errors import BindingError

PAGE = (Path(__file__).parents[2] / "docs" / "bindings.md").read_text()
NOTES = {"description", "note", "notes"}
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
BROKEN = """\
hosts:
  download-stack: {addresses: 192.0.2.209, user: ubuntu}
services:
  radarr: {vm: downlod-stack, port: 7878, health: ping}
  sonarr: {vm: download-stack, prot: 8989, status: on}
imports:
  radarr: {api_key: 0123456789abcdef0123456789abcdef}
"""


@pytest.mark.parametrize("example", EXAMPLES)
def test_each_example_loads(tmp_path: Path, example: str) -> None:
    """What a newcomer copies from the page works."""
    (tmp_path / "media.services.yaml").write_text(example)

    assert load(tmp_path).folder == tmp_path


def test_the_mistakes_shown_are_real(tmp_path: Path) -> None:
    """The sample of mistakes is what the program prints."""
    (tmp_path / "media.services.yaml").write_text(BROKEN)

    with pytest.raises(BindingError) as caught:
        load(tmp_path)

    assert f"```\n{chr(10).join(caught.value.lines)}\n```" in PAGE


@pytest.mark.parametrize(
    ("section", "keys"),
    [
        ("defaults", DEFAULT_KEYS),
        ("hosts", HOST_KEYS),
        ("services", OUR_KEYS),
        ("imports", IMPORT_KEYS),
    ],
)
def test_each_key_has_its_row(section: str, keys: tuple[str, ...]) -> None:
    """A section's table lists exactly the keys that are read."""
    table = PAGE.partition(f"\n\n`{section}`\n\n")[2].partition("\n\n")[0]
    told = {key for row in table.splitlines() for key in re.findall(r"`(\w+)`", row.split("|")[1])}

    assert told == set(keys) - NOTES

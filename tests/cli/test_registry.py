"""The spine's registry files, the launchers and the code say the same."""

import os
import subprocess
import sys
from pathlib import Path

import click
import yaml

from recorder.capabilities.registry import CAPABILITIES
from recorder.cli import load

ROOT = Path(__file__).resolve().parents[2]
NAMES = [capability.name for capability in CAPABILITIES]


def read(path: str) -> dict[str, object]:
    return yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))


def test_generated_files_are_as_the_program_makes_them() -> None:
    """Registry, launchers, docs/cli.md and the screens in the docs are current."""
    done = subprocess.run(
        [sys.executable, ROOT / "bin" / "docs.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_registry_map_manifest_and_code_name_the_same_capabilities() -> None:
    """What the spine reads is what `ops` runs."""
    registry = read("ops/capabilities.yaml")["capabilities"]
    mapped = read("ops/bindings/capability_map.yaml")["capabilities"]
    (plugin,) = read("ops/plugins/MANIFEST.yaml")["plugins"]
    folder = ROOT / plugin["path"]
    assert list(registry) == list(mapped) == plugin["capabilities"] == NAMES
    assert [f"bin/{entry['script']}" for entry in mapped.values()] == plugin["scripts"]
    assert sorted(plugin["scripts"]) == sorted(f"bin/{file.name}" for file in folder.glob("bin/*"))
    assert all(os.access(folder / script, os.X_OK) for script in plugin["scripts"])


def test_every_capability_loads_a_command_of_its_name_with_help() -> None:
    """No capability is registered without code, and each says what it does."""
    for capability in CAPABILITIES:
        command = load(capability)
        assert isinstance(command, click.Command)
        assert command.name == capability.name
        assert command.help

"""A fresh clone, and an installed package: what a new user meets first."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What git holds, and nothing a developer's checkout gathered besides."""
    folder = tmp_path_factory.mktemp("fresh") / "with a space"
    subprocess.run(["git", "clone", "--quiet", ROOT, folder], check=True)
    return folder


def run(*command: str | Path, cwd: Path, home: Path) -> subprocess.CompletedProcess[str]:
    keep = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "PATH"))}
    config = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env={**keep, "HOME": str(home), "XDG_CONFIG_HOME": config},
    )


def linux_own_python() -> Path | None:
    """The system's Python, whatever else is on PATH; None where it can make no environment."""
    said = subprocess.run(["sh", "-c", "command -pv python3"], capture_output=True, check=False)
    if sys.platform != "linux" or said.returncode != 0:
        return None
    own = Path(os.fsdecode(said.stdout.strip()))
    done = subprocess.run([own, "-c", "import ensurepip"], capture_output=True, check=False)
    return own if done.returncode == 0 else None


def test_the_first_command_of_the_readme_works_on_a_fresh_clone(
    clone: Path, tmp_path: Path
) -> None:
    """`./bin/ops cap run media.status` makes its environment once, then shows this machine."""
    first = run("./bin/ops", "cap", "run", "media.status", cwd=clone, home=tmp_path)
    assert first.returncode in (0, 1), first.stderr
    assert "MEDIA STACK" in first.stdout
    assert "making .venv" in first.stderr
    own = linux_own_python()
    if own is not None:
        said = (clone / ".venv" / "pyvenv.cfg").read_text()
        assert f"home = {own.parent}\n" in said
    made = (clone / ".venv" / "made").stat().st_mtime_ns

    # From another folder, through a link: still the same environment.
    link = tmp_path / "ops"
    link.symlink_to(clone / "bin" / "ops")
    second = run(link, "media.status", cwd=tmp_path, home=tmp_path)
    assert second.returncode == first.returncode
    assert second.stderr == ""
    assert (clone / ".venv" / "made").stat().st_mtime_ns == made


def test_changed_requirements_make_the_environment_anew_or_leave_the_one_before(
    clone: Path, tmp_path: Path
) -> None:
    """An update without a network does not take the program away; the next start tries again.

    That start has what is pinned now.
    """
    run("./bin/ops", "--version", cwd=clone, home=tmp_path)
    requirements, made = clone / "requirements.txt", clone / ".venv" / "made"
    pinned, before = requirements.read_text(), made.stat().st_mtime_ns
    requirements.write_text(pinned + "no-such-package==1 --hash=sha256:" + 64 * "0" + "\n")
    try:
        failed = run("./bin/ops", "--version", cwd=clone, home=tmp_path)
    finally:
        requirements.write_text(pinned)
    assert failed.returncode == 0
    assert failed.stdout.startswith("media-recorder ")
    assert "the one before is used" in failed.stderr
    assert made.stat().st_mtime_ns == before
    again = run("./bin/ops", "--version", cwd=clone, home=tmp_path)
    assert (again.returncode, again.stdout) == (0, failed.stdout)
    assert "making .venv" in again.stderr
    assert made.stat().st_mtime_ns > before


def test_an_installed_package_works_from_any_folder(tmp_path: Path) -> None:
    """`pip install .` gives an `ops` that has the probe inside and needs no checkout."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    options = ["--no-deps", "--no-build-isolation", "--wheel-dir", tmp_path]
    subprocess.run([*pip, "wheel", *options, ROOT], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    assert {"recorder/collect/probe.sh", "recorder/collect/access/only.sh"} <= {
        *zipfile.ZipFile(wheel).namelist()
    }
    assert not [name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("tests")]

    site = tmp_path / "site"
    target = ["--no-deps", "--no-index", "--target", site]
    subprocess.run([*pip, "install", *target, wheel], check=True, capture_output=True)
    done = subprocess.run(
        [site / "bin" / "ops", "media.nfs.verify"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(site), "HOME": str(tmp_path)},
    )
    assert done.returncode == 0, done.stderr

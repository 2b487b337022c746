"""Make a virtual environment from pinned requirements; see bin/environment."""

import fcntl
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

MADE = "made"  # holds the names of what it was made from
USUAL = ("requirements.txt", "requirements-dev.txt")  # of one that holds none


def main(folder: Path, requirements: list[Path]) -> int:
    with Path(f"{folder}.lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        requirements = [*dict.fromkeys([*requirements, *asked_for_once(folder)])]
        if is_current(folder, requirements):
            return 0  # whoever held the lock made it
        print(
            f"ops: making {folder} from {', '.join(map(str, requirements))}, once ...", flush=True
        )
        if not provide_venv():
            print("ops: Python's venv module is missing; type: sudo apt install python3-venv")
            return 2
        return make(folder, requirements)


def made_from(folder: Path) -> list[str]:
    made = folder / MADE
    return made.read_text(encoding="utf-8").split() if made.is_file() else []


def asked_for_once(folder: Path) -> list[Path]:
    """What was asked for besides: it is made anew with that, whoever makes it."""
    return [Path(name) for name in made_from(folder) if Path(name).is_file()]


def is_current(folder: Path, requirements: list[Path]) -> bool:
    made, python = folder / MADE, folder / "bin" / "python"
    newest = max(path.stat().st_mtime for path in requirements)
    if not {str(path) for path in requirements} <= {*(made_from(folder) or USUAL)}:
        return False
    return python.exists() and made.is_file() and made.stat().st_mtime >= newest


def provide_venv() -> bool:
    """Whether a virtual environment can be made; a fresh Debian's root gets what that needs."""
    if importlib.util.find_spec("ensurepip"):
        return True
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    print("ops: installing Debian's python3-venv ...", flush=True)
    quiet = ["apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"]
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run([*quiet, "update"], env=environ, check=False)
    installed = subprocess.run(
        [*quiet, "install", "--no-install-recommends", "python3-venv"],
        env=environ,
        stdout=subprocess.DEVNULL,
        check=False,
    )
    return installed.returncode == 0


def make(folder: Path, requirements: list[Path]) -> int:
    """Make it in its place; where that fails, the one before comes back and serves on."""
    before = Path(f"{folder}.before")
    if (folder / MADE).is_file():
        shutil.rmtree(before, ignore_errors=True)
        folder.rename(before)
    shutil.rmtree(folder, ignore_errors=True)
    if install(folder, requirements):
        names = "".join(f"{path}\n" for path in requirements)
        (folder / MADE).write_text(names, encoding="utf-8")
        shutil.rmtree(before, ignore_errors=True)
        return 0
    shutil.rmtree(folder, ignore_errors=True)
    if before.is_dir():
        before.rename(folder)
        print(f"ops: could not make {folder}, the lines above say why; the one before is used")
        return 0
    print(f"ops: could not make {folder}; the lines above say why")
    return 2


def install(folder: Path, requirements: list[Path]) -> bool:
    python = folder / "bin" / "python"
    pip = [python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    pip += ["--require-hashes", "--no-deps", "--progress-bar", "off"]
    files = [word for path in requirements for word in ("-r", path)]
    # By its real name, an upgrade of Python leaves no link behind that leads to another version.
    base = os.path.realpath(sys.executable)
    for command in ([base, "-m", "venv", folder], [*pip, *files]):
        if subprocess.run(command, check=False).returncode:
            return False
    (site,) = folder.glob("lib/python3*/site-packages")
    # The checkout itself is on the path, by a way that survives its being moved.
    (site / "checkout.pth").write_text("../../../..\n", encoding="utf-8")
    return True


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]]))

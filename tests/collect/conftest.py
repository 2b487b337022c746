"""What a machine needs for these tests besides Python: three shells and OpenSSH's client."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from realhosts.packages import INSTALL_TIMEOUT_SEC

from .programs import SHELLS

PACKAGES = {
    "dash": "dash",
    "bash": "bash",
    "busybox": "busybox-static",
    "ssh": "openssh-client",
    "ssh-keygen": "openssh-client",
}


def require(program: str) -> str:
    """The path of a program, installed where that is possible; without it CI fails, others skip."""
    if shutil.which(program) is None and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(
            ["apt-get", "install", "--yes", "--no-install-recommends", PACKAGES[program]],
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            capture_output=True,
            timeout=INSTALL_TIMEOUT_SEC,
            check=False,
        )
    found = shutil.which(program)
    if found is None and os.environ.get("CI") == "true":
        pytest.fail(f"{program} is needed: Debian's package {PACKAGES[program]}")
    if found is None:
        pytest.skip(f"needs {program}: Debian's package {PACKAGES[program]}")
    return found


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest) -> str:
    """Each of the shells that hosts have."""
    require(request.param)
    return str(request.param)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that everybody may read."""
    with tempfile.TemporaryDirectory(prefix="media-recorder-") as made:
        Path(made).chmod(0o755)
        yield Path(made)

"""Where the bindings are looked for.

A place somebody names has to hold them. A place the program tries by itself counts only when it
does, so that a checkout of this program, or a passing folder of that name, does not hide the rest.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from recorder.errors import UsageError

SERVICES = "media.services.yaml"
LIFECYCLE = "vm.lifecycle.yaml"
SSH_TARGETS = "ssh.targets.yaml"
COMPOSE_TARGETS = "docker.compose.targets.yaml"
TENANT = "tenants/media-stack.yaml"
ADDONS = "ha.addons.yaml"
SPINE = (LIFECYCLE, SSH_TARGETS, COMPOSE_TARGETS, TENANT, ADDONS)
BINDINGS = Path("ops/bindings")
PROGRAM = "media-recorder"


def find_folder(
    root: Path | None, environ: Mapping[str, str], cwd: Path, checkout: Path | None
) -> Path | None:
    """The bindings folder; None where nobody has written a binding.

    The first of: `root`, $SPINE_ROOT, the nearest of `cwd` and its parents, the user's config
    folder, the checkout of `bin/ops`. `root`, $SPINE_ROOT and the config folder may also be a
    bindings folder themselves. Raises UsageError where `root` or $SPINE_ROOT holds no binding, or
    begins with a `~` that is nobody's home.
    """
    if root is not None:
        return _named("--root", root)
    if environ.get("SPINE_ROOT"):
        return _named("SPINE_ROOT", Path(environ["SPINE_ROOT"]))
    return next((folder for folder in _tried(cwd, checkout) if _holds(folder)), None)


def _named(by: str, given: Path) -> Path:
    try:
        root = given.expanduser()
    except RuntimeError as error:  # pathlib's word for a home nobody has
        told = f"{by} {given}: the ~ is nobody's home here: write the whole path"
        raise UsageError(told) from error
    folders = (root / BINDINGS, root)
    found = next((folder for folder in folders if _holds(folder)), None)
    if found is None:
        wanted = root / BINDINGS / SERVICES
        raise UsageError(f"{by} {root}: no such file {wanted}: write it, or name another folder")
    return found


def _tried(cwd: Path, checkout: Path | None) -> Iterator[Path]:
    yield from (parent / BINDINGS for parent in (cwd, *cwd.parents))

    from platformdirs import user_config_path  # noqa: PLC0415 - most never come this far

    config = user_config_path(PROGRAM)
    yield from (config / BINDINGS, config)
    if checkout is not None:
        yield checkout / BINDINGS


def _holds(folder: Path) -> bool:
    try:
        return (folder / SERVICES).exists()
    except OSError:  # a folder that may not be entered
        return False

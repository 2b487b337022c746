"""Where the bindings are looked for."""

from pathlib import Path

import pytest

from recorder.bindings import find_folder
from recorder.errors import UsageError


@pytest.fixture(autouse=True)
def _own_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


def bindings(root: Path) -> Path:
    """A root with a binding in it; its bindings folder."""
    folder = root / "ops" / "bindings"
    folder.mkdir(parents=True)
    (folder / "media.services.yaml").write_text("hosts: {media: }\n")
    return folder


def test_the_first_place_that_holds_a_binding_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """--root, $SPINE_ROOT, a parent of the working directory, the config folder, the checkout."""
    monkeypatch.setattr("platformdirs.user_config_path", lambda name: tmp_path / "config" / name)
    root, spine, home = tmp_path / "root", tmp_path / "spine", tmp_path / "home"
    cwd, checkout = home / "deep" / "down", tmp_path / "checkout"
    config = tmp_path / "config" / "media-recorder"
    environ = {"SPINE_ROOT": str(spine)}
    folders = [bindings(place) for place in (root, spine, home, config, checkout)]

    found = [find_folder(root, environ, cwd, checkout), find_folder(None, environ, cwd, checkout)]
    for place in (folders[2], folders[3], folders[4]):
        found.append(find_folder(None, {}, cwd, checkout))
        (place / "media.services.yaml").unlink()

    assert [*found, find_folder(None, {}, cwd, checkout)] == [*folders, None]


def test_the_nearest_parent_is_taken(tmp_path: Path) -> None:
    """Of several parents with a binding the nearest one counts."""
    bindings(tmp_path)
    nearest = bindings(tmp_path / "a")

    assert find_folder(None, {}, tmp_path / "a" / "b", None) == nearest


def test_a_bindings_folder_may_be_named_itself(tmp_path: Path) -> None:
    """A root that holds media.services.yaml itself is the bindings folder."""
    folder = bindings(tmp_path)

    assert find_folder(folder, {}, tmp_path, None) == folder


@pytest.mark.parametrize("by", ["--root", "SPINE_ROOT"])
def test_a_named_place_without_a_binding_is_refused(tmp_path: Path, by: str) -> None:
    """What somebody names has to hold a binding; the line says which file to write."""
    root = tmp_path if by == "--root" else None

    with pytest.raises(UsageError) as caught:
        find_folder(root, {"SPINE_ROOT": str(tmp_path)}, tmp_path, None)

    wanted = tmp_path / "ops" / "bindings" / "media.services.yaml"
    assert caught.value.lines == (
        f"{by} {tmp_path}: no such file {wanted}: write it, or name another folder",
    )


@pytest.mark.parametrize("by", ["--root", "SPINE_ROOT"])
def test_a_home_that_nobody_has_is_refused(tmp_path: Path, by: str) -> None:
    """A `~name` without such a user is told in a line, as the place was given."""
    place = "~nobody-of-this-name/spine"
    root = Path(place) if by == "--root" else None

    with pytest.raises(UsageError) as caught:
        find_folder(root, {"SPINE_ROOT": place}, tmp_path, None)

    assert caught.value.lines == (
        f"{by} {place}: the ~ is nobody's home here: write the whole path",
    )


def test_a_folder_without_services_is_passed_by(tmp_path: Path) -> None:
    """An ops/bindings/ of something else, like this program's own checkout, is no binding."""
    other = tmp_path / "ops" / "bindings"
    other.mkdir(parents=True)
    (other / "capability_map.yaml").write_text("version: 1\n")

    assert find_folder(None, {"SPINE_ROOT": ""}, tmp_path, tmp_path) is None

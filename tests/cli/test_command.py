"""The `ops` command itself: what it loads, what it lists, how it fails."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from recorder.capabilities.registry import CAPABILITIES
from recorder.signalled import as_signalled

ROOT = Path(__file__).resolve().parents[2]
HEAVY = {"paramiko", "sqlalchemy", "alembic", "rich", "yaml", "recorder.collect", "urllib3"}


def ops(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run `ops` in a process of its own, with nothing of this one's environment but PATH."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "recorder", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=environ.pop("cwd", ROOT),
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "HOME": "/nonexistent", **environ},
    )


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["cap", "list"], ["cap", "show", "media.status"]]
)
def test_help_and_lists_load_nothing_heavy(arguments: list[str]) -> None:
    """Help, version and lists start at once: they load no SSH, YAML, HTTP, database or drawing."""
    program = (
        f"import atexit, sys; sys.argv = ['ops', *{arguments!r}]\n"
        f"heavy = lambda: print(sorted({HEAVY!r} & set(sys.modules)), file=sys.stderr)\n"
        "atexit.register(heavy)\n"
        "from recorder.cli import main\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert (done.returncode, done.stderr) == (0, "[]\n")


def loaded_by(program: str) -> set[str]:
    """The modules that are there after a program has run in a Python of its own."""
    program += "\nimport json, sys; print(json.dumps(list(sys.modules)))"
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    return set(json.loads(done.stdout))


@pytest.mark.parametrize("name", ["media.status", "media.snapshot"])
def test_what_records_is_forked_with_what_both_need(name: str, tmp_path: Path) -> None:
    """The model is there when it begins its process; bindings, SSH and drawing are not yet."""
    program = (
        f"import os, sys; sys.argv = ['ops', {name!r}]\n"
        "fork = os.fork\n"
        "def forked():\n"
        "    parts = {module.split('.')[1] for module in sys.modules if 'recorder.' in module}\n"
        "    print(sorted(parts), file=sys.stderr, flush=True)\n"
        "    return fork()\n"
        "os.fork = forked\n"
        "from recorder.cli import main\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)},
    )
    parts = ast.literal_eval(done.stderr.splitlines()[0])
    light = "capabilities cli errors filesystems frozen model signalled store"
    assert [part for part in parts if part != "history"] == light.split()  # of it: words for times


def test_the_store_loads_the_driver_alone() -> None:
    """What records into a file needs SQLite, and nothing that only a change of schema needs."""
    loaded = loaded_by("import recorder.capabilities.remembering")
    assert "sqlite3" in loaded
    assert "recorder.history.delta" not in loaded  # nothing changed yet
    assert loaded & {"asyncio", "sqlalchemy", "importlib.metadata", "alembic", "psycopg"} == set()


def test_ssh_loads_nothing_that_only_config_files_and_packaging_need() -> None:
    """SSH is loaded without `invoke`, and without reading what packages are installed."""
    loaded = loaded_by("import recorder.collect.ssh")
    assert "paramiko.transport" in loaded
    assert loaded & {"invoke", "importlib.metadata", "zipfile", "csv"} == set()


def test_a_look_reads_plain_http_without_a_parser_of_mail_or_tls() -> None:
    """Of HTTP a look loads what its requests need; OpenSSL where a URL is https."""
    loaded = loaded_by("import recorder.collect.endpoints, recorder.collect.arr")
    assert "recorder.collect.http" in loaded
    assert loaded & {"http", "http.client", "email", "ssl"} == set()


def test_a_look_loads_nothing_that_only_names_beyond_ascii_and_gates_need() -> None:
    """An address is dialled as it is; compose files are read to verify, and so is YAML."""
    loaded = loaded_by(
        "import contextlib, recorder.collect.snapshot, recorder.collect.network\n"
        "with contextlib.suppress(OSError): recorder.collect.network.dial('127.0.0.1', 1, 1)"
    )
    assert "recorder.collect.look" in loaded
    assert loaded & {"encodings.idna", "recorder.collect.compose", "yaml"} == set()


def test_what_reads_bindings_is_loaded_where_they_have_changed() -> None:
    """A look at a stack whose binding files are as they were reads none, and loads no reader."""
    loaded = loaded_by("from recorder.bindings import find_folder, narrow, stack_of")
    assert "recorder.bindings.kept" in loaded
    assert loaded & {"recorder.bindings.reading", "recorder.bindings.section", "yaml"} == set()


def test_a_check_in_json_loads_no_drawing(tmp_path: Path) -> None:
    """A look as JSON never loads rich."""
    program = (
        "import atexit, sys; sys.argv = ['ops', 'media.nfs.verify', '--json']\n"
        "atexit.register(lambda: print('rich' in sys.modules, file=sys.stderr))\n"
        "from recorder.cli import main\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)},
    )
    assert done.stderr == "False\n"
    assert json.loads(done.stdout)["capability"] == "media.nfs.verify"


def test_a_capability_is_run_by_its_name_alone_or_by_cap_run() -> None:
    """`ops NAME` is short for `ops cap run NAME`."""
    short, long = ops("media.status", "--help"), ops("cap", "run", "media.status", "--help")
    assert short.returncode == long.returncode == 0
    assert short.stdout.splitlines()[1:] == long.stdout.splitlines()[1:]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (
            ["media.statu"],
            'ops: no "media.statu": did you mean "media.status"?\nsee `ops --help`\n',
        ),
        (
            ["cap", "run", "zzz"],
            'ops: no "zzz": `ops cap list` shows what there is\nsee `ops cap run --help`\n',
        ),
        (
            ["cap", "show", "media.nfs"],
            'ops: no "media.nfs": did you mean "media.nfs.verify"?\nsee `ops cap show --help`\n',
        ),
        (
            ["media.nfs.verify", "--jsn"],
            """ops: No such option '--jsn'. Did you mean '--json'?
see `ops media.nfs.verify --help`
""",
        ),
        (
            ["media.metrics.today", "--date", "then"],
            """ops: Invalid value for '--date': 'then' does not match the format '%Y-%m-%d'.
see `ops media.metrics.today --help`
""",
        ),
        (
            ["media.status", "--watch", "--json"],
            "ops: --watch draws a screen; for JSON, repeat `media.status --json`\n",
        ),
        (
            ["media.status", "--watch"],
            "ops: --watch needs a terminal; leave it out to print once\n",
        ),
    ],
)
def test_a_mistyped_call_is_told_in_a_line_and_exits_2(
    arguments: list[str], complaint: str
) -> None:
    """A call that can't be carried out says what is wrong and what to type; exit code 2."""
    done = ops(*arguments)
    assert (done.returncode, done.stderr, done.stdout) == (2, complaint, "")


def test_a_root_without_bindings_is_a_usage_error(tmp_path: Path) -> None:
    """An explicit root that holds no bindings is never silently taken for this machine."""
    done = ops("--root", str(tmp_path), "media.status")
    assert done.returncode == 2
    assert str(tmp_path) in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_cap_list_as_json_names_every_capability_with_its_command() -> None:
    """A script can find out what there is, and how to run it."""
    listed = json.loads(ops("cap", "list", "--json").stdout)
    names = [capability.name for capability in CAPABILITIES]
    assert [entry["name"] for entry in listed] == names
    for entry in listed:
        assert (ROOT / entry["command"]).stat().st_mode & 0o111


def test_the_shell_completes_capabilities_and_hosts(tmp_path: Path) -> None:
    """Tab completes capability names, and host names from the bindings."""
    bindings = tmp_path / "ops" / "bindings"
    bindings.mkdir(parents=True)
    (bindings / "media.services.yaml").write_text(
        "hosts: {download-stack: {}, streaming-stack: {}}\nservices: {}\n"
    )

    def completed(words: str) -> list[str]:
        environ = {"_OPS_COMPLETE": "bash_complete", "COMP_WORDS": words}
        done = ops(cwd=str(tmp_path), COMP_CWORD=str(words.count(" ")), **environ)
        return [line.partition(",")[2] for line in done.stdout.splitlines()]

    assert completed("ops media.n") == ["media.nfs.verify"]
    assert completed("ops media.status --host str") == ["streaming-stack"]


@pytest.mark.parametrize(
    "arguments", [["--help"], ["cap", "list"], ["media.sql", "--queries", "--json"]]
)
def test_a_reader_that_leaves_early_is_no_failure(arguments: list[str]) -> None:
    """`ops … | head` exits 0 and says nothing: exit code 1 would be a verdict."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as output:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "recorder", *arguments],
            stdout=output,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            cwd=ROOT,
        )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_signal_amid_a_class_is_no_fault_of_its_names() -> None:
    """Python before 3.12 tells a signal that comes while names are told as a RuntimeError."""

    class Struck:
        def __set_name__(self, owner: type, name: str) -> None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), as_signalled():
        type("Holding", (), {"name": Struck()})
    with pytest.raises(RuntimeError, match="our own"), as_signalled():
        raise RuntimeError("our own")

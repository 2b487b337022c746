"""Containers that mean harm: text that would move a cursor, end a section, or fake a line.

An engine restricts the names of containers and images, not labels, commands and the errors that
quote them; so that is where the text goes.
"""

from contextlib import suppress

from realhosts.engine import FOR_EVER, Engine
from realhosts.programs import ProgramError

IMAGE = "lab/hostile:1.0"
TEXTS = {
    "escapes": "\x1b[2J\x1b[31mred\x1b[0m\x1b]0;owned\x07\x9b31m",
    "markup": "[red]radarr[/red] [link=http://192.0.2.66]click[/link]",
    "newlines": "first\nsecond\r\nthird\ttab",
    "marker": "\n--8<-- containers --8<--\n[]\n### end ###\n",
    "emoji": "🎬👩‍👩‍👧‍👦🏴‍☠️é한",
    "rtl": "abc\u202etxt.exe\u200b\u2066",
    "long": "x" * 200,
    "json": '"},{"Name":"forged","State":{"Status":"running"}}',
    "html": "<script>alert(1)</script>&amp;",
    "quotes": "'; touch /tmp/owned; echo $(id) `id` \\",
}


def names() -> list[str]:
    """The containers' names, the last with a name as long as an engine allows."""
    return [*(f"hostile-{name}" for name in TEXTS), "hostile-error", f"hostile-{'n' * 192}"]


def make(engine: Engine) -> None:
    """One running container for each text, one that could not start, one with a long name."""
    first = next(iter(TEXTS.values()))
    engine.load({IMAGE: {"org.opencontainers.image.version": first}})
    for name, text in TEXTS.items():
        labels = (f"com.docker.compose.project={text}", f"com.docker.compose.service={text}")
        _create(engine, f"hostile-{name}", labels, FOR_EVER)
    with suppress(
        ProgramError
    ):  # that it can't start is the point: the engine keeps the text as the error
        _create(engine, "hostile-error", (), ("".join(TEXTS.values()),))
    _create(engine, names()[-1], (), FOR_EVER)


def remove(engine: Engine) -> None:
    """Take them away again."""
    engine("rm", "--force", *names())


def _create(engine: Engine, name: str, labels: tuple[str, ...], command: tuple[str, ...]) -> None:
    options = [f"--label={label}" for label in labels]
    engine("run", "--detach", "--name", name, "--network", "host", *options, IMAGE, *command)

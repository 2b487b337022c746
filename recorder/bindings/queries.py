"""Saved queries: `NAME.sql` files that come with the program, and those beside the bindings.

A file begins with comments: a first line that says what the query answers, and a line for each
parameter that has a default, `-- :since = '-1 day': how far back`. An own query goes before the
program's of the same name.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from recorder.bindings.spelling import did_you_mean, plain, quoted
from recorder.errors import UsageError
from recorder.frozen import frozen

_PARAMETER = re.compile(
    r"^-- :(?P<name>\w+) = (?P<default>'(?:[^']|'')*'|-?\d+(?:\.\d+)?)(?:: (?P<meaning>.+))?$",
    re.MULTILINE,
)
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?")
_GREATEST = 1 << 63
_BACK = re.compile(r"-\d+ (?:second|minute|hour|day)s?")  # a step of SQLite's time functions
_STEP = re.compile(r"[+-]?\d+(?:\.\d+)? (?:second|minute|hour|day|month|year)s?")
_SPAN = re.compile(r"(\d{1,6})\s*([smhdwy])")
_SPANS = {
    "s": (1, "seconds"),
    "m": (1, "minutes"),
    "h": (1, "hours"),
    "d": (1, "days"),
    "w": (7, "days"),
    "y": (365, "days"),
}


@frozen
class Parameter:
    """A `:name` of a query, with what stands for it when none is given."""

    name: str
    default: str | int | float
    meaning: str


@frozen
class SavedQuery:
    """A query in a file."""

    name: str
    sql: str
    answers: str  # what it says it answers

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        return parameters(self.sql)


def own_folder(bindings: Path) -> Path:
    """Where own queries lie: `ops/queries` beside `ops/bindings`; else inside the bindings."""
    return bindings.parent / "queries" if bindings.name == "bindings" else bindings / "queries"


def shipped_folder() -> Path:
    """Where the program's own are: inside the installed package, else in the checkout."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "queries"
    return installed if installed.is_dir() else package.parent / "ops" / "queries"


def query_files(folders: Iterable[Path]) -> dict[str, Path]:
    """Each query's file by its name; of two with the same name the one in the first folder."""
    found: dict[str, Path] = {}
    for folder in folders:
        for file in sorted(folder.glob("*.sql")):
            found.setdefault(file.stem, file)
    return dict(sorted(found.items()))


def read_query(files: Mapping[str, Path], name: str) -> SavedQuery:
    """A saved query. Raises UsageError where there is none of that name."""
    if name not in files:
        raise UsageError(
            f"no saved query {quoted(name)}{did_you_mean(name, files)}; "
            "`ops media.sql --queries` lists them"
        )
    sql = read_sql(files[name])
    first = sql.partition("\n")[0]
    return SavedQuery(name, sql, first.removeprefix("--").strip() if first[:2] == "--" else "")


def read_sql(file: Path) -> str:
    """A file's SQL. Raises UsageError."""
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(f"{plain(str(file))}: {reason}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{plain(str(file))}: it is not UTF-8 text") from error


def parameters(sql: str) -> tuple[Parameter, ...]:
    """The parameters a query's comments give defaults for."""
    return tuple(
        Parameter(found["name"], _default(found["default"]), found["meaning"] or "")
        for found in _PARAMETER.finditer(sql)
    )


def _default(text: str) -> str | int | float:
    return text[1:-1].replace("''", "'") if text.startswith("'") else value_of(text)


def value_for(parameter: Parameter | None, text: str) -> str | int | float:
    """What is typed for a parameter: of one that says how far back, 7d is as good as '-7 days'.

    Raises UsageError where it is neither: SQLite would find nothing, and say nothing.
    """
    default = parameter.default if parameter else None
    if not isinstance(default, str) or not _BACK.fullmatch(default):
        return value_of(text)
    span = _SPAN.fullmatch(text.strip().lower())
    if span:
        each, unit = _SPANS[span[2]]
        return f"-{int(span[1]) * each} {unit}"
    if not _STEP.fullmatch(text.strip()):
        name = parameter.name if parameter else ""
        raise UsageError(f"-p {name} {quoted(text)}: say how far back: 24h, 7d, 1y or '-7 days'")
    return text.strip()


def value_of(text: str) -> str | int | float:
    """What a typed value is: a plain number is a number, anything else text.

    Plain is what a number looks like when it is printed: 5, -1, 0.25; not 007, 1e5 or +3. A number
    that SQLite can't hold as a whole one is text.
    """
    if not text.isascii() or not _NUMBER.fullmatch(text):
        return text
    if "." in text:
        return float(text)
    number = int(text)
    return number if -_GREATEST <= number < _GREATEST else text

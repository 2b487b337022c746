"""Write the files that repeat what the program knows: `bin/docs`; `--check` fails where one is old.

The spine's registry files and launchers come from the table of capabilities, docs/cli.md from
each command's --help, docs/schema.md from a history made anew, the screens in the README and in
docs/ from an example stack, the tables of faults in docs/ from the one that tests are held to.
"""

import json
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parents[1]
GOLDEN = ROOT / "tests" / "render" / "screens"
SCREEN = re.compile(r"(?P<before><!-- screen: (?P<name>[\w.-]+) -->\n```\n).*?```\n", re.DOTALL)
TABLE = re.compile(r"(?P<before><!-- (?P<kind>faults|advice): (?P<name>\w+) -->\n)(?:\|.*\n)*")
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import faults.matrix  # noqa: E402

from recorder.bindings.queries import (  # noqa: E402
    SavedQuery,
    query_files,
    read_query,
    shipped_folder,
)
from recorder.capabilities.registry import CAPABILITIES, PLUGIN, Capability  # noqa: E402
from recorder.cli import VERIFY, cap, command_of, load, ops  # noqa: E402
from recorder.store import migrate  # noqa: E402
from recorder.store.ask import relations  # noqa: E402
from recorder.store.described import Relation  # noqa: E402

HEADER = (
    "# Made by bin/docs from recorder/capabilities/registry.py; change that, and run it again.\n"
)
LAUNCHER = """#!/bin/sh
exec "${{0%/*}}/../../../../bin/ops" cap run {name} "$@"
"""
SCHEMA_BEGIN = """# The schema

Made by `bin/docs` from a new history. `ops media.sql --tables` and `--schema VIEW` say the same.
How to ask: [sql.md](sql.md). Times are UTC unless a name says `local`. What was not seen is NULL.

## Views
"""
SCHEMA_TABLES = """
## Tables

What the views are made of. They may change with the program; views stay.
"""
SCHEMA_COOKBOOK = """
## Cookbook

The saved queries, `ops media.sql NAME`; more are in [sql.md](sql.md).
"""
HELP_COLUMNS = 78  # as click wraps it on a terminal of 80
Files = Iterator[tuple[Path, str]]


def registry() -> Files:
    """The files by which the spine finds the capabilities."""
    yield (
        Path("ops/capabilities.yaml"),
        HEADER + "version: 1\ncapabilities:\n" + "".join(map(capability_entry, CAPABILITIES)),
    )
    yield (
        Path("ops/bindings/capability_map.yaml"),
        HEADER
        + "capabilities:\n"
        + "".join(
            f"  {c.name}:\n    plugin: {PLUGIN}\n    script: {c.script}\n    safety: {c.safety}\n"
            for c in CAPABILITIES
        ),
    )
    yield Path("ops/plugins/MANIFEST.yaml"), HEADER + manifest()
    for capability in CAPABILITIES:
        yield Path(capability.command), LAUNCHER.format(name=capability.name)


def capability_entry(capability: Capability) -> str:
    rows = {
        "description": json.dumps(capability.description),
        "command": capability.command,
        "safety": capability.safety.value,
        "approval": capability.approval.value,
        "lifecycle": capability.lifecycle,
        "domain": capability.domain,
        "tags": f"[{', '.join(capability.tags)}]",
        "outputs": f"[{', '.join(capability.outputs)}]",
    }
    lines = "".join(f"    {key}: {value}\n" for key, value in rows.items())
    return f"  {capability.name}:\n{lines}"


def manifest() -> str:
    tags = sorted({tag for capability in CAPABILITIES for tag in capability.tags})
    scripts = "".join(f"      - bin/{capability.script}\n" for capability in CAPABILITIES)
    names = "".join(f"      - {capability.name}\n" for capability in CAPABILITIES)
    return (
        f"plugins:\n  - name: {PLUGIN}\n    path: ops/plugins/{PLUGIN}\n"
        f"    scripts:\n{scripts}    capabilities:\n{names}    tags: [{', '.join(tags)}]\n"
        '    description: "A flight recorder for the media stack"\n'
    )


def cli() -> Files:
    """Every command's --help, word for word."""
    commands: list[tuple[str, click.Command]] = [("ops", ops), ("ops cap", cap)]
    commands += [(f"ops cap {name}", cap.commands[name]) for name in ("list", "show")]
    commands.append((f"ops {VERIFY[0]}", command_of(VERIFY[1])))
    commands += [(f"ops {capability.name}", load(capability)) for capability in CAPABILITIES]
    parts = [
        "# The command line\n\nMade by `bin/docs` from each command's `--help`.\n",
        *(f"\n## {name}\n\n```\n{help_of(name, command)}\n```\n" for name, command in commands),
    ]
    yield Path("docs/cli.md"), "".join(parts)


def help_of(name: str, command: click.Command) -> str:
    names = ["-h", "--help"]
    context = click.Context(
        command, info_name=name, terminal_width=HELP_COLUMNS, help_option_names=names
    )
    return "\n".join(line.rstrip() for line in command.get_help(context).splitlines())


def schema() -> Files:
    """What a new history holds, in the words of its own schema; and the saved queries."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "history.db")
        migrate.create(path)
        found = relations(path)
    views, tables = ([r for r in found if r.kind == kind] for kind in ("view", "table"))
    files = query_files([shipped_folder()])
    parts = [
        SCHEMA_BEGIN,
        *("".join(relation_entry(view)) for view in views),
        SCHEMA_TABLES,
        *("".join(relation_entry(table)) for table in tables),
        SCHEMA_COOKBOOK,
        *(query_entry(read_query(files, name)) for name in files),
    ]
    yield Path("docs/schema.md"), "".join(parts)


def relation_entry(relation: Relation) -> Iterator[str]:
    yield f"\n### {relation.name}\n\n{relation.meaning}\n\n"
    yield "| column | type | unit | meaning |\n|---|---|---|---|\n"
    for column in relation.columns:
        yield f"| {column.name} | {column.type} | {column.unit} | {column.meaning} |\n"


def query_entry(query: SavedQuery) -> str:
    return f"\n### {query.name}\n\n```sql\n{query.sql}```\n"


def pages() -> Files:
    """README.md and the pages of docs/, the screens and the tables of faults in them as they are.

    The screens are the golden files of tests/render, which its tests hold to what is drawn.
    """
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        text = page.read_text(encoding="utf-8")
        yield page.relative_to(ROOT), TABLE.sub(with_table, SCREEN.sub(with_screen, text))


def with_screen(match: re.Match[str]) -> str:
    drawn = (GOLDEN / f"{match['name']}.txt").read_text(encoding="utf-8")
    return f"{match['before']}{drawn}```\n"


def with_table(match: re.Match[str]) -> str:
    drawn = {"faults": faults.matrix.table, "advice": faults.matrix.advice}[match["kind"]]
    return match["before"] + drawn(match["name"])


def main(*, check: bool) -> int:
    old = []
    for files in (registry, cli, schema, pages):
        for path, text in files():
            file = ROOT / path
            if file.exists() and file.read_text(encoding="utf-8") == text:
                continue
            old.append(path)
            if not check:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")
                if text.startswith("#!"):
                    file.chmod(0o755)
    for path in old:
        print(f"{path}: {'old; run bin/docs' if check else 'written'}")
    return 1 if check and old else 0


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv[1:]))

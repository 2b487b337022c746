"""The `ops` command: its groups, and where every failure becomes an exit code.

Nothing heavy is imported here; a capability's module is loaded when it is run.
"""

import atexit
import contextlib
import errno
import gc
import importlib
import json
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

import click

from recorder import __version__
from recorder.capabilities.registry import CAPABILITIES, Capability, named
from recorder.errors import ExitCode, RecorderError, starved
from recorder.signalled import as_signalled

GARBAGE_AT = 50_000  # objects; Python's own is 700
UNMAPPED = "failed to map segment"  # the loader's words
SIGNALLED = 128  # and the signal's number: how shells tell of it
OUT_OF_FILES = (errno.EMFILE, errno.ENFILE)
UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
VERIFY = ("verify", "recorder.capabilities.verify", "Hold the stack against its binding")


class Capabilities(click.Group):
    """A group whose commands are the registered capabilities, each loaded when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*super().list_commands(ctx), *(capability.name for capability in CAPABILITIES)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        own = super().get_command(ctx, cmd_name)
        capability = named(cmd_name)
        if own is not None or capability is None:
            return own
        return load(capability)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        known = self.list_commands(ctx)
        if args and args[0] not in known and not args[0].startswith("-"):
            raise click.UsageError(unknown_name(args[0], known), ctx)
        return super().resolve_command(ctx, args)

    def own_commands(self) -> list[tuple[str, str]]:
        """What is no capability, and what it does."""
        return [(name, self.commands[name].get_short_help_str()) for name in self.commands]

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands by the table's words, without loading any."""
        own = self.own_commands()
        if own:
            with formatter.section("Commands"):
                formatter.write_dl(own)
        with formatter.section("Capabilities"):
            formatter.write_dl([(c.name, c.description) for c in CAPABILITIES])


@contextlib.contextmanager
def _unread() -> Iterator[None]:
    """Of a reader that has left click makes exit code 1, which is a verdict here."""
    try:
        yield
    except BrokenPipeError as error:
        raise click.exceptions.Exit(ExitCode.WELL) from error


class Ops(Capabilities):
    """The capabilities, and what is none and is loaded when it is called all the same."""

    @_unread()
    def make_context(self, *args: Any, **named: Any) -> click.Context:  # noqa: ANN401 - click's
        return super().make_context(*args, **named)

    @_unread()
    def invoke(self, ctx: click.Context) -> object:
        return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*super().list_commands(ctx), VERIFY[0]]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name == VERIFY[0]:
            return command_of(VERIFY[1])
        return super().get_command(ctx, cmd_name)

    def own_commands(self) -> list[tuple[str, str]]:
        return [*super().own_commands(), (VERIFY[0], VERIFY[2])]


def load(capability: Capability) -> click.Command:
    """A capability's command."""
    return command_of(capability.module)


def command_of(module: str) -> click.Command:
    """The command a module holds."""
    command = importlib.import_module(module).command
    if not isinstance(command, click.Command):
        raise TypeError(module)
    return command


def unknown_name(name: str, known: Sequence[str]) -> str:
    """What to say of a name that is none."""
    import difflib  # noqa: PLC0415 - only for a mistake

    begun = [it for it in known if it.startswith(f"{name}.")]  # a name that was left off midway
    near = begun or difflib.get_close_matches(name, known, n=1)
    instead = f'did you mean "{near[0]}"?' if near else "`ops cap list` shows what there is"
    return f'no "{name}": {instead}'


@click.group(cls=Ops, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", message="media-recorder %(version)s")
@click.option(
    "--root",
    type=click.Path(path_type=Path),
    help="Folder that holds ops/bindings/. Default: see docs/bindings.md.",
)
@click.pass_context
def ops(ctx: click.Context, root: Path | None) -> None:
    """A flight recorder for a home media stack.

    `ops media.status` is short for `ops cap run media.status`.
    """
    ctx.obj = root


@ops.group()
def cap() -> None:
    """List, describe and run capabilities."""


@cap.command("list")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def list_(*, as_json: bool) -> None:
    """What can be run."""
    if as_json:
        click.echo(json.dumps([describe(capability) for capability in CAPABILITIES], indent=2))
        return
    width = max(len(capability.name) for capability in CAPABILITIES)
    for capability in CAPABILITIES:
        line = f"{capability.name:{width}}  {capability.safety:9}  {capability.description}"
        click.echo(line)


@cap.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def show(name: str, *, as_json: bool) -> None:
    """What is registered of one capability."""
    capability = named(name)
    if capability is None:
        raise click.UsageError(unknown_name(name, [c.name for c in CAPABILITIES]))
    if as_json:
        click.echo(json.dumps(describe(capability), indent=2))
        return
    for key, value in describe(capability).items():
        words = value if isinstance(value, str) else ", ".join(value)
        click.echo(f"{key:12} {words}")
    click.echo(f"\n`ops {name} --help` shows its options.")


def describe(capability: Capability) -> dict[str, str | list[str]]:
    """A capability as the spine's registry spells it."""
    return {
        "name": capability.name,
        "description": capability.description,
        "command": capability.command,
        "safety": capability.safety.value,
        "approval": capability.approval.value,
        "lifecycle": capability.lifecycle,
        "domain": capability.domain,
        "tags": list(capability.tags),
        "outputs": list(capability.outputs),
    }


@cap.group(cls=Capabilities)
def run() -> None:
    """Run a capability: `ops cap run media.status`."""


def main() -> NoReturn:
    """Run `ops` and end the process with the exit code its outcome earns."""
    if sys.stdout is None or sys.stderr is None:  # closed by whoever called us
        nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - until the end
        sys.stdout, sys.stderr = sys.stdout or nowhere, sys.stderr or nowhere
    # Loading makes many objects and hardly any garbage; to look for it less often is felt.
    gc.set_threshold(GARBAGE_AT, 20, 20)
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(SIGNALLED + number))
    try:
        with as_signalled():
            code = ops.main(standalone_mode=False, prog_name="ops")
        sys.stdout.flush()
    except click.exceptions.Exit as error:
        code = error.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        code = ExitCode.USAGE
    except click.ClickException as error:
        complain(
            [error.format_message()], error.ctx if isinstance(error, click.UsageError) else None
        )
        code = ExitCode.USAGE
    except RecorderError as error:
        from recorder.bindings.spelling import plain  # noqa: PLC0415 - only for a mistake

        complain([*map(plain, error.lines)])  # they may tell what a host or a file said
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        complain(["interrupted"])
        code = ExitCode.INTERRUPTED
    except BrokenPipeError:
        # Whoever read us has left; what Python still flushes at exit must go somewhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = ExitCode.WELL
    except (OSError, MemoryError, RuntimeError, ImportError) as error:
        complain([_want(error)])
        code = ExitCode.USAGE
    end(int(code or ExitCode.WELL))


def _want(error: Exception) -> str:
    """What this machine did not let us have; another error is our own bug, and raised on."""
    if isinstance(error, OSError) and error.errno in UNWRITABLE:
        return f"can't write the output: {error.strerror}"
    if isinstance(error, OSError) and error.errno in OUT_OF_FILES:
        return "too many files are open: raise the limit, `ulimit -n 1024`"
    if isinstance(error, RuntimeError) and starved(error):
        return "no memory or no process left for a thread: see `free -m`, and `ulimit -v -u`"
    if starved(error) or UNMAPPED in str(error):
        return "out of memory: see `free -m`, and the limit in `ulimit -v`"
    raise error


def end(code: int) -> NoReturn:
    """End at once, by what is registered for it and no more.

    What Python takes apart at its end goes with the process anyway, and takes as long as drawing
    a screen; and an interrupt while a module was loading would have it end by the signal.
    """
    atexit._run_exitfuncs()  # noqa: SLF001 - there is no public way to call them early
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):
            stream.flush()
    os._exit(code)


def complain(lines: Sequence[str], ctx: click.Context | None = None) -> None:
    """Say on standard error what went wrong, and where to read on."""
    with contextlib.suppress(BrokenPipeError):
        for line in lines:
            click.echo(f"ops: {line}" if len(lines) == 1 else line, err=True)
        if ctx is not None:
            click.echo(f"see `{ctx.command_path} --help`", err=True)

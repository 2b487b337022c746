"""media.access: what to install on a host so that a key may look at it and do nothing else."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from recorder.capabilities.looking import bindings_folder, complete_hosts
from recorder.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from recorder.bindings.stack import HostBinding, Stack
    from recorder.collect.ssh.config import SshOptions

MAKE_KEY = "ssh-keygen -t ed25519 -N '' -f ~/.ssh/media-recorder"


@click.command("media.access")
@click.argument("host", shell_complete=complete_hosts)
@click.option(
    "--key",
    "key_file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="The public key. Default: the first there is of those that SSH tries at this host.",
)
@click.option(
    "--user",
    metavar="NAME",
    default="media-recorder",
    show_default=True,
    help="The account on the host; it is made where it is not there.",
)
@click.option("--remove", is_flag=True, help="Print the script that takes all of it away again.")
@click.pass_context
def command(
    ctx: click.Context, host: str, *, key_file: Path | None, user: str, remove: bool
) -> ExitCode:
    """Print the script that lets a key look at a host, and do nothing else there.

    Read it, then run it as root on that host: `ops media.access HOST | ssh YOU@HOST sudo sh`.

    It makes an account, the program its key is forced to, one that sudo lets it run, and the rules
    that say so; docs/security.md tells what they are. Nothing is asked of the host, and nothing is
    changed by printing it.
    """
    from recorder.bindings import load  # noqa: PLC0415 - only to run
    from recorder.bindings.spelling import did_you_mean  # noqa: PLC0415
    from recorder.collect.access.installing import is_account, remover  # noqa: PLC0415

    stack = load(bindings_folder(ctx.find_object(Path)))
    names = [it.name for it in stack.hosts]
    if host not in names:
        raise UsageError(f'no host "{host}"{did_you_mean(host, names)}')
    bound = stack.host(host)
    if bound.local:
        raise UsageError(f"{host} is this machine, which is looked at without SSH")
    if not is_account(user):
        raise UsageError(f'"{user}" is no name for such an account')
    text = remover(bound, user) if remove else _installer(stack, bound, user, key_file)
    click.echo(text)
    return ExitCode.WELL


def _installer(stack: "Stack", bound: "HostBinding", user: str, key_file: Path | None) -> str:
    from recorder.collect.access.installing import (  # noqa: PLC0415 - only to run
        Access,
        installer,
        localhost_ports,
        public_key,
    )
    from recorder.collect.shell import Unreachable  # noqa: PLC0415
    from recorder.collect.ssh.config import resolve  # noqa: PLC0415

    try:
        options = resolve(bound.addresses[0], bound.ssh_user, bound.ssh_port)
    except Unreachable as failure:
        raise UsageError("; ".join(filter(None, (failure.detail, failure.hint)))) from failure
    file = key_file or _public_file(options)
    try:
        key = public_key(file.read_text("utf-8", "replace"))
    except OSError as error:
        raise UsageError(f"{file}: {(error.strerror or 'not readable').lower()}") from error
    except ValueError as error:
        raise UsageError(f"{file}: {error}") from error
    ports = localhost_ports(stack, bound)
    return installer(Access(bound, key, user, ports, already=options.user))


def _public_file(options: "SshOptions") -> Path:
    """The public half of the first key that SSH tries and that is there."""
    for file in options.key_files:
        public = file.with_name(f"{file.name}.pub")
        if public.is_file():
            return public
    raise UsageError(f"SSH has no key here: {MAKE_KEY}; then --key ~/.ssh/media-recorder.pub")

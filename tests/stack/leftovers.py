"""What a look may leave behind, and must not: processes, on either side."""

from realhosts import Lab
from realhosts.blueprint import ACCOUNTS

from stack.ops import processes

SESSIONS = [f"sshd: {account.name}" for account in ACCOUNTS]
OURS = ["sh -s", *SESSIONS, "docker ps", "docker inspect", "podman ps", "media-recorder -- /"]
HERE = ["-m recorder", "sh -s", "ssh -W", "ssh -G"]
ENDS_SEC = 25  # the probe's own limits and then some


def remains(lab: Lab) -> list[str]:
    """What is still there of any look, on the hosts and on the control machine."""
    on_hosts = [line for host in lab.hosts.values() for line in processes(host.cell.pid, OURS)]
    return on_hosts + processes(lab.cell.pid, HERE)

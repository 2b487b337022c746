"""SSH, spoken with paramiko and nowhere else."""

from recorder.collect.ssh.shelf import Shelf
from recorder.collect.ssh.shell import connect

__all__ = ["Shelf", "connect"]

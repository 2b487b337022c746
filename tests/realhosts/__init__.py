"""Hosts of real parts on this machine: namespaces, sshd, Docker and podman, mounts, an *arr API.

Everything a media stack is made of, and every way it breaks, without a virtual machine and without
the internet. `Lab` is the way in; `blueprint` says what stands in it.
"""

from realhosts.arr import ArrServer
from realhosts.history import APPS, History
from realhosts.lab import Lab, default_folder

__all__ = ["APPS", "ArrServer", "History", "Lab", "default_folder"]

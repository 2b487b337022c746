"""Hosts that can't be looked at.

`connect_timeout_sec` is 2: a host that never answers costs that, and a loaded machine some more.
"""

from faults.row import Row

AWAY = {"service": "unknown host_down", "mount": "unknown host_down"}
LOGIN = "stack/test_hosts.py::test_a_host_that_does_not_let_us_in"
ROWS = (
    Row(
        "off",
        "the host is off",
        "its network link is taken down: packets go out and nothing comes back",
        5,
        1,
        LOGIN,
        {"host": "down timeout", "endpoint": "unknown host_down", **AWAY},
    ),
    Row(
        "no-route",
        "nothing knows the way to the host",
        "an `unreachable` route",
        3,
        1,
        LOGIN,
        {"host": "down no_route", "endpoint": "unknown host_down", **AWAY},
    ),
    Row(
        "sshd-stopped",
        "no sshd runs",
        "`kill` to the real sshd and its sessions",
        3,
        1,
        LOGIN,
        {"host": "down refused", **AWAY},
    ),
    Row(
        "sshd-silent",
        "sshd accepts the connection and then says nothing",
        "`kill -STOP` to the real sshd",
        5,
        1,
        LOGIN,
        {"host": "down timeout", **AWAY},
    ),
    Row(
        "key-changed",
        "the host shows another key than the known one",
        "the real sshd gets a new key",
        3,
        1,
        LOGIN,
        {"host": "down host_key_changed", **AWAY},
    ),
    Row(
        "key-unknown",
        "the host's key is not known",
        "its line is taken out of `known_hosts`",
        3,
        1,
        LOGIN,
        {"host": "down host_key_unknown", **AWAY},
    ),
)

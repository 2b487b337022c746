"""The lab's network: one bridge in the control machine's cell, one link a host, no way out.

Every neighbour's hardware address is set by hand, those of absent machines too. So a packet to a
host that is off goes out and nothing comes back, as across a router: a time-out, not an instant
"no route".
"""

from realhosts.blueprint import CONTROL_ADDRESS, DEAD_ADDRESS, HOSTS, OUTER_ADDRESS
from realhosts.cells import Cell
from realhosts.programs import run

BRIDGE = "lab0"
LINK = "eth0"
ONLY_NET = ("net",)


def connect(control: Cell, cells: dict[str, Cell]) -> None:
    """Join the cells of all hosts to the control machine's, or to the host they stand behind."""
    at_bridge = [host for host in HOSTS if not host.behind]
    lines = [
        "link set lo up",
        f"link add {BRIDGE} type bridge",
        f"addr add {CONTROL_ADDRESS}/24 dev {BRIDGE}",
        f"link set {BRIDGE} up",
    ]
    for host in at_bridge:
        lines += _pair(f"vm{host.number}", host.address, cells[host.name])
        lines += [f"link set vm{host.number} master {BRIDGE} up"]
    for address in (DEAD_ADDRESS, *(host.address for host in at_bridge)):
        lines += [f"neigh replace {address} lladdr {_hardware(address)} dev {BRIDGE} nud permanent"]
    _ip(control, lines)
    for host in at_bridge:
        _ip(cells[host.name], _own_side(host.address))
    for host in HOSTS:
        if host.behind:
            _ip(
                cells[host.behind],
                [
                    *_pair("inner0", host.address, cells[host.name]),
                    f"addr add {OUTER_ADDRESS}/24 dev inner0",
                    "link set inner0 up",
                ],
            )
            _ip(cells[host.name], _own_side(host.address))


def switch_off(cell: Cell) -> None:
    """Take the host's link down: whoever asks it hears nothing."""
    _ip(cell, [f"link set {LINK} down"])


def switch_on(cell: Cell) -> None:
    """Bring the host's link back."""
    _ip(cell, [f"link set {LINK} up"])


def forbid_route(control: Cell, address: str) -> None:
    """Make the control machine say "no route to host" at once."""
    _ip(control, [f"route replace unreachable {address}/32"])


def allow_route(control: Cell, address: str) -> None:
    """Undo `forbid_route`."""
    _ip(control, [f"route del unreachable {address}/32"])


def _pair(outer: str, address: str, inside: Cell) -> list[str]:
    far_end = f"name {LINK} address {_hardware(address)} netns {inside.pid}"
    return [f"link add {outer} type veth peer {far_end}"]


def _own_side(address: str) -> list[str]:
    return ["link set lo up", f"addr add {address}/24 dev {LINK}", f"link set {LINK} up"]


def _hardware(address: str) -> str:
    """A locally administered address that shows the IP address in it."""
    return "02:00:" + ":".join(f"{int(part):02x}" for part in address.split("."))


def _ip(cell: Cell, lines: list[str]) -> None:
    cell_command = cell.command(["ip", "-batch", "-"], ONLY_NET)
    run(cell_command, stdin="\n".join(lines))

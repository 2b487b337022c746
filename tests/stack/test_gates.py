"""The gates on real hosts: each passes, fails, and is unknown."""

import shlex
from collections.abc import Callable, Iterator

import pytest
import yaml
from realhosts import Lab
from realhosts.blueprint import STREAMING
from realhosts.plan import Fate

from stack.ops import Break, Document, Ops, bound, rebound

Gates = dict[str, tuple[str, set[str]]]
STACK = "/var/lib/lab/media"
HOST = "streaming-stack"


def held(ops: Ops, *arguments: str) -> Gates:
    """How each gate stands, and what its findings are about."""
    done = ops("verify", "--json", *arguments)
    assert done.stderr == ""
    document = yaml.safe_load(done.stdout)
    gates = {
        it["gate"]: (it["state"], {one["name"] for one in it["findings"]})
        for it in document["data"]["gates"]
    }
    passes = all(state in ("pass", "warn") for state, _ in gates.values())
    assert (done.returncode == 0) is passes
    return gates


def well_bound(bindings: Document) -> None:
    """Only what runs on one host, all of it, and its compose file."""
    bindings["hosts"] = {HOST: bindings["hosts"][HOST] | {"compose_path": STACK}}
    running = [it.name for it in STREAMING if it.fate is Fate.RUNNING]
    services = {name: it for name, it in bindings["services"].items() if it["vm"] == HOST}
    bindings["services"] = {name: it for name, it in services.items() if name in running}
    bindings["services"]["guest-book"] = {"vm": HOST, "health_reason": "no_http_port"}
    bindings["ports"] = {HOST: bindings["ports"][HOST]}
    bindings["volumes"] = []
    bindings["imports"] = {}
    bindings["ha_overlaps"]["overlaps"] = [
        {"ha_addon": "plex", "shop_service": "jellyfin", "recommendation": "decommission"}
    ]


@pytest.fixture
def compose(lab: Lab) -> Iterator[Callable[[Document], None]]:
    """Lays a compose file on the host, by default one that names what runs."""
    cell = lab.hosts[HOST].cell

    def lay(services: Document) -> None:
        text = shlex.quote(yaml.safe_dump({"services": services}))
        cell.shell(f"mkdir -p {STACK} && printf '%s' {text} >{STACK}/docker-compose.yml")

    lay({it.name: {"image": it.image} for it in STREAMING if it.declared})
    yield lay
    cell.shell(f"rm -rf {STACK}")


@pytest.fixture
def sound(ops: Ops) -> Ops:
    """The program with a binding that is as things are."""
    made = rebound(ops, "sound", well_bound)
    addons = (made.root or ops.lab.folder) / "ops" / "bindings" / "ha.addons.yaml"
    addons.write_text("addons: [{slug: a0d7b954_overseerr, name: Overseerr, state: started}]\n")
    return made


@pytest.mark.usefixtures("compose")
def test_all_gates_pass_where_all_is_as_bound(sound: Ops) -> None:
    """On a real host with real containers, mounts, endpoints and a compose file."""
    assert held(sound) == {
        number: ("pass", set()) for number in ("D106", "D107", "D108", "D109", "D110")
    }


def test_the_usual_bindings_part_from_what_is(lab: Lab, ops: Ops) -> None:
    """What the lab's two hosts do otherwise than bound is named by the gate it is about."""
    gates = held(ops)
    unwanted = {
        each.name
        for host in lab.hosts
        for each in lab.services(host)
        if host in ("download-stack", HOST)
        and (
            (each.declared == "active" and each.fate is not Fate.RUNNING)
            or (each.declared is None and each.fate is Fate.RUNNING)
        )
    }
    assert gates["D106"] == ("pass", set())
    assert gates["D107"] == ("fail", {"/mnt/archive", "/mnt/backup"})
    assert gates["D108"] == ("fail", {"slskd"})
    state, names = gates["D109"]
    assert (state, names | {"swaparr"}) == ("fail", unwanted | {"swaparr"})
    assert gates["D110"] == ("unknown", {"Home Assistant"})


def test_a_port_of_two_fails(ops: Ops) -> None:
    """Two services of one host declare one port, and so the matrix gives it to another."""

    def collide(bindings: Document) -> None:
        bindings["services"]["sonarr"]["port"] = 7878

    assert held(rebound(ops, "collision", collide), "D106") == {
        "D106": ("fail", {"7878", "sonarr"})
    }


@pytest.mark.usefixtures("compose")
def test_a_mount_that_hangs_fails(sound: Ops, broken: Break) -> None:
    """And only its gate."""
    broken("mount-hung", HOST)
    gates = held(sound, "D107", "D109")
    assert gates == {"D107": ("fail", {"/mnt/media"}), "D109": ("pass", set())}


def test_another_image_than_the_compose_file_says_fails(
    sound: Ops, compose: Callable[[Document], None]
) -> None:
    """A tag that is a variable may be any."""
    services = {"jellyfin": {"image": "lab/jellyfin:${TAG:-9}"}, "homarr": {"image": "lab/homarr"}}
    compose(services)
    assert held(sound, "D109") == {"D109": ("fail", {"homarr"})}


def test_a_host_without_its_compose_file_is_unknown(sound: Ops) -> None:
    """What its images should be is not known, and so it does not pass."""
    assert held(sound, "D109") == {"D109": ("unknown", {HOST})}


def test_an_engine_that_may_not_be_read_is_unknown(ops: Ops) -> None:
    """Neither what is published nor what runs is known; mounts and endpoints still are."""

    def as_nobody(bindings: Document) -> None:
        well_bound(bindings)
        bindings["hosts"][HOST]["ssh_user"] = "nodocker"

    gates = held(rebound(ops, "sealed", as_nobody), "D106", "D107", "D108", "D109")
    assert gates == {
        "D106": ("unknown", {HOST}),
        "D107": ("pass", set()),
        "D108": ("pass", set()),
        "D109": ("unknown", {HOST}),
    }


def test_a_host_that_is_off_is_unknown(impatient: Ops, broken: Break) -> None:
    """No gate that asks it passes, and none says that its things are missing."""

    def limit(bindings: Document) -> None:
        well_bound(bindings)
        bindings["defaults"] |= {"connect_timeout_sec": 2, "health_timeout_sec": 2}
        for service in bindings["services"].values():
            service["health_retries"] = 0

    away = rebound(impatient, "away", limit)
    broken("off", HOST)
    gates = held(away, "D106", "D107", "D108", "D109")
    assert {number: state for number, (state, _) in gates.items()} == dict.fromkeys(
        ("D106", "D107", "D108", "D109"), "unknown"
    )


@pytest.mark.parametrize(
    ("recommendation", "result"), [("investigate", "warn"), ("decommission", "fail")]
)
def test_gates_that_need_no_host_run_without_one(
    ops: Ops, recommendation: str, result: str
) -> None:
    """Ports as declared and add-ons, where no host can be reached at all."""
    bindings = {
        "hosts": {"nowhere": {"addresses": ["192.0.2.66"]}},
        "services": {"jellyseerr": {"vm": "nowhere", "port": 5055}},
        "ports": {"nowhere": {5055: "jellyseerr"}},
        "ha_overlaps": {
            "overlaps": [
                {
                    "ha_addon": "overseerr",
                    "shop_service": "jellyseerr",
                    "recommendation": recommendation,
                }
            ]
        },
    }
    root = bound(ops.lab, "nowhere", bindings)
    addons = root / "ops" / "bindings" / "ha.addons.yaml"
    addons.write_text("addons: [{slug: a0d7b954_overseerr, name: Overseerr, state: started}]\n")
    assert held(ops.at(root), "--no-login") == {
        "D106": ("pass", set()),
        "D108": ("pass", set()),
        "D110": (result, {"a0d7b954_overseerr"}),
    }


@pytest.mark.usefixtures("compose")
def test_a_new_failure_shows_in_changes(sound: Ops, broken: Break) -> None:
    """What a gate newly finds is told by the next media.status, beside what the look itself saw."""
    database = sound.lab.control.folder / "gates.db"
    env = {"MEDIA_RECORDER_DB": str(database)}
    for arguments, code in ((["media.status"], (0, 1)), (["verify"], (0,))):
        assert sound(*arguments, env=env).returncode in code
    broken("mount-hung", HOST)
    assert sound("verify", "D107", env=env).returncode == 1
    changes = sound.document("media.status", env=env)["data"]["changes"]
    (told,) = changes["gates"]
    assert (told["gate"], told["was"], told["now"]) == ("D107", "pass", "fail")
    assert [(e["kind"], e["name"], e["now"]) for e in changes["events"] if e["cause"] is None] == [
        ("mount", "/mnt/media", "hung")
    ]

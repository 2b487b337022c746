"""What a mount and a volume are taken for, state by state and in the order of precedence."""

import itertools
import re
from pathlib import Path

import pytest

from recorder.bindings.stack import HostBinding, MountBinding, VolumeBinding
from recorder.collect import mounts
from recorder.collect.assemble import mounts_of, volumes_of
from recorder.collect.look import HostLook
from recorder.collect.mounts import Entry, Reply, Space, export, judge_mount, parse_paths
from recorder.filesystems import LINUX_NETWORK_TYPES
from recorder.model import (
    Host,
    HostState,
    Mount,
    MountState,
    Reason,
    Volume,
    VolumeState,
)

PATH = "/mnt/media"
WANTED = MountBinding(PATH, "pve:/media", "rw")
MOUNTED = Entry(PATH, "pve:/media", "nfs4", "rw")
ANSWERED = Space(Reply.OK, 400, 1000, 20)
HUNG = Space(Reply.HUNG, latency_ms=3000, error="no answer in 3 s")
STALE = Space(Reply.STALE, latency_ms=0, error="Stale file handle")
UNASKED = Space(Reply.UNASKED, latency_ms=0, error="stat: invalid option -- 'c'")
UP = Host("download-stack", HostState.UP)


def _state(wanted: MountBinding, entry: Entry | None, space: Space) -> tuple[object, ...]:
    mount = judge_mount("h", wanted, entry, space)
    return mount.state, mount.detail, mount.note


@pytest.mark.parametrize(
    ("wanted", "entry", "space", "expected"),
    [
        (WANTED, MOUNTED, ANSWERED, (MountState.OK, None, None)),
        (WANTED, MOUNTED, Space(Reply.OK, 0, 10, 1000), (MountState.OK, None, None)),
        (WANTED, MOUNTED, Space(Reply.OK, 0, 10, 1010), (MountState.SLOW, None, None)),
        (WANTED, MOUNTED, HUNG, (MountState.HUNG, "no answer in 3 s", None)),
        (WANTED, MOUNTED, Space(), (MountState.HUNG, "no answer", None)),
        (WANTED, MOUNTED, STALE, (MountState.STALE, "Stale file handle", None)),
        (
            WANTED,
            MOUNTED,
            Space(Reply.ERROR, error="Input/output error"),
            (MountState.STALE, "Input/output error", None),
        ),
        (
            WANTED,
            MOUNTED,
            Space(Reply.ERROR, error="Permission denied"),
            (MountState.OK, "Permission denied", None),
        ),
        (WANTED, None, ANSWERED, (MountState.MISSING, "nothing is mounted there", None)),
        (WANTED, None, HUNG, (MountState.HUNG, "no answer in 3 s", None)),
        (WANTED, None, Space(), (MountState.MISSING, "nothing is mounted there", None)),
        (
            WANTED,
            Entry(PATH, "pve:/other", "nfs4", "rw"),
            ANSWERED,
            (MountState.WRONG_SOURCE, "should be pve:/media", None),
        ),
        (
            WANTED,
            Entry(PATH, "pve:/media", "nfs4", "ro"),
            ANSWERED,
            (MountState.WRONG_MODE, "mounted ro, should be rw", None),
        ),
        (
            MountBinding(PATH, None, "ro"),
            MOUNTED,
            ANSWERED,
            (MountState.OK, None, "declared ro, mounted rw"),
        ),
        (
            MountBinding(PATH, None, "ro"),
            Entry(PATH, "x", "nfs", "ro"),
            ANSWERED,
            (MountState.OK, None, None),
        ),
        (
            MountBinding(PATH),
            Entry(PATH, "any:/thing", "nfs", "rw"),
            ANSWERED,
            (MountState.OK, None, None),
        ),
    ],
)
def test_a_mount_is_in_one_state(
    wanted: MountBinding, entry: Entry | None, space: Space, expected: tuple[object, ...]
) -> None:
    """Every state of the table, with what is told of it."""
    assert _state(wanted, entry, space) == expected


def test_the_worst_that_is_true_is_the_state() -> None:
    """Hung, missing, stale, wrong source, wrong mode, slow: the first that holds is told."""
    wrong_source = Entry(PATH, "pve:/other", "nfs4", "ro")
    wrong_mode = Entry(PATH, "pve:/media", "nfs4", "ro")
    slow = Space(Reply.OK, 1, 2, 2000)
    told = [
        _state(WANTED, entry, space)[0]
        for entry, space in itertools.product(
            (wrong_source, wrong_mode, MOUNTED), (HUNG, STALE, slow)
        )
    ]
    hung, stale = MountState.HUNG, MountState.STALE
    assert told == [
        *(hung, stale, MountState.WRONG_SOURCE),
        *(hung, stale, MountState.WRONG_MODE),
        *(hung, stale, MountState.SLOW),
    ]


def test_a_mount_nobody_could_ask_is_unknown() -> None:
    """A tool that knows not its own options says nothing against the mount; the table does."""
    mount = judge_mount("h", WANTED, MOUNTED, UNASKED)
    assert (mount.state, mount.reason, mount.detail) == (
        MountState.UNKNOWN,
        Reason.PROBE_FAILED,
        "stat: invalid option -- 'c'",
    )
    others = (
        None,
        Entry(PATH, "pve:/other", "nfs4", "rw"),
        Entry(PATH, "pve:/media", "nfs4", "ro"),
    )
    assert [judge_mount("h", WANTED, entry, UNASKED).state for entry in others] == [
        MountState.MISSING,
        MountState.WRONG_SOURCE,
        MountState.WRONG_MODE,
    ]


@pytest.mark.parametrize(
    ("answer", "reply"),
    [
        ("1 0 stat: unrecognized option '--printf'", Reply.UNASKED),
        ("1 0 stat: unrecognized option: c", Reply.UNASKED),
        ("1 0 stat: invalid option -- 'c'", Reply.UNASKED),
        ("1 0 df: illegal option -- z", Reply.UNASKED),
        ("127 0 not found", Reply.UNASKED),
        ("127 0 No such file or directory", Reply.UNASKED),
        ("125 0 Try 'timeout --help' for more information.", Reply.UNASKED),
        ("1 0 No such file or directory", Reply.ERROR),
        ("1 0 Permission denied", Reply.ERROR),
        ("1 0 Stale file handle", Reply.STALE),
        ("137 300 ", Reply.HUNG),
    ],
)
def test_a_tool_s_failure_is_not_the_path_s(answer: str, reply: Reply) -> None:
    """What stat, df, timeout and the shell say of themselves is told apart from the path's word."""
    spaces, _ = parse_paths([f"asked 0 {answer}"], [PATH])
    assert spaces[PATH].reply is reply


def test_a_mount_is_told_whole() -> None:
    """What is there, what should be, and the space; of what is absent only what should be."""
    assert judge_mount("h", WANTED, MOUNTED, ANSWERED) == Mount(
        "h",
        PATH,
        MountState.OK,
        source="pve:/media",
        declared_source="pve:/media",
        declared_mode="rw",
        mode="rw",
        fs_type="nfs4",
        free_bytes=400,
        total_bytes=1000,
        latency_ms=20,
    )
    assert judge_mount("h", WANTED, None, ANSWERED) == Mount(
        "h",
        PATH,
        MountState.MISSING,
        source="pve:/media",
        declared_source="pve:/media",
        declared_mode="rw",
        detail="nothing is mounted there",
    )


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("pve:/media", "192.0.2.1:/media", True),
        ("pve:/media", "pve.example.org:/media/", True),
        ("pve:/media", "[2001:db8::1]:/media", True),
        ("pve:/media", "pve:/media/tv", False),
        ("pve:/media", "pve:/mediator", False),
        ("pve:/", "192.0.2.1:/", True),
        ("//nas/media", "//192.0.2.1/media", True),
        ("//nas/media", "//nas/music", False),
        ("user@pve:/media", "pve:/media", True),
        ("/dev/sdb1", "/dev/sdb1", True),
        ("/dev/sdb1", "/dev/sdc1", False),
    ],
)
def test_of_a_source_the_export_decides(one: str, other: str, same: bool) -> None:  # noqa: FBT001
    """A server may appear by a name or an address."""
    assert (export(one) == export(other)) is same


def _look(
    entries: dict[str, Entry] | None,
    spaces: dict[str, Space],
    found: tuple[str, ...] = (),
    seen: Host = UP,
) -> HostLook:
    return HostLook(seen, (), entries, spaces, found)


def _volumes(
    look: HostLook, *paths: str, mounts: tuple[MountBinding, ...] = (WANTED,)
) -> list[tuple[object, ...]]:
    binding = HostBinding("download-stack", ("192.0.2.209",), mounts=mounts)
    volumes = tuple(VolumeBinding(path, binding.name, path) for path in paths)
    seen = volumes_of(volumes, binding, look)
    return [(volume.state, volume.reason, volume.detail, volume.free_bytes) for volume in seen]


GONE = (VolumeState.UNKNOWN, Reason.PATH_MISSING, "nothing is mounted there", None)


def test_a_volume_tells_its_space() -> None:
    """Free and total bytes of the path that answered."""
    binding = HostBinding("download-stack", ("192.0.2.209",))
    bound = [VolumeBinding("pve:/media", "download-stack", PATH)]
    look = _look({PATH: MOUNTED}, {PATH: ANSWERED})
    assert volumes_of(bound, binding, look) == (
        Volume("pve:/media", "download-stack", PATH, VolumeState.OK, None, None, 400, 1000),
    )


@pytest.mark.parametrize("path", [PATH, f"{PATH}/tv", f"{PATH}/tv/new"])
def test_an_absent_mount_has_no_space(path: str) -> None:
    """What answers at an empty mount point, or below it, is another disk."""
    assert _volumes(_look({}, {path: ANSWERED}), path) == [GONE]
    assert _volumes(_look({PATH: MOUNTED}, {path: ANSWERED}), path) == [
        (VolumeState.OK, None, None, 400)
    ]


def test_a_path_beside_an_absent_mount_is_its_own() -> None:
    """`/mnt/media2` does not lie on `/mnt/media`."""
    assert _volumes(_look({}, {"/mnt/media2": ANSWERED}), "/mnt/media2") == [
        (VolumeState.OK, None, None, 400)
    ]


@pytest.mark.parametrize(
    ("space", "reason", "detail"),
    [
        (HUNG, Reason.PATH_HUNG, "no answer in 3 s"),
        (STALE, Reason.PATH_ERROR, "Stale file handle"),
        (Space(), Reason.PATH_HUNG, "no answer"),
        (
            Space(Reply.ERROR, error="No such file or directory"),
            Reason.PATH_MISSING,
            "No such file or directory",
        ),
        (Space(Reply.ERROR, error="Not a directory"), Reason.PATH_MISSING, "Not a directory"),
        (
            Space(Reply.ERROR, error="Permission denied"),
            Reason.PERMISSION_DENIED,
            "Permission denied",
        ),
        (Space(Reply.ERROR, error="Input/output error"), Reason.PATH_ERROR, "Input/output error"),
        (UNASKED, Reason.PROBE_FAILED, "stat: invalid option -- 'c'"),
        (Space(Reply.OK), Reason.PROBE_FAILED, "the host did not tell its size"),
    ],
)
def test_a_volume_that_does_not_answer_is_unknown(
    space: Space, reason: Reason, detail: str
) -> None:
    """Never zero bytes: unknown, and why."""
    look = _look({PATH: MOUNTED}, {PATH: space})
    assert _volumes(look, PATH) == [(VolumeState.UNKNOWN, reason, detail, None)]


def test_what_a_host_did_not_tell_is_not_missing() -> None:
    """An answer that broke off before the mounts leaves them unknown; a hung path is hung."""
    wanted = (WANTED, MountBinding("/mnt/other", "pve:/other"))
    binding = HostBinding("download-stack", ("192.0.2.209",), mounts=wanted)
    look = _look(None, {PATH: HUNG, "/mnt/other": ANSWERED})
    told = [(m.path, m.state, m.reason, m.detail) for m in mounts_of(binding, look)]
    untold = "the host did not tell what is mounted"
    assert told == [
        (PATH, MountState.HUNG, None, "no answer in 3 s"),
        ("/mnt/other", MountState.UNKNOWN, Reason.PROBE_FAILED, untold),
    ]
    assert _volumes(_look(None, {PATH: ANSWERED, "/": ANSWERED}), PATH, "/") == [
        (VolumeState.UNKNOWN, Reason.PROBE_FAILED, untold, None),
        (VolumeState.OK, None, None, 400),
    ]


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        (Host("download-stack", HostState.DOWN, reason=Reason.TIMEOUT), Reason.HOST_DOWN),
        (Host("download-stack", HostState.UNKNOWN, reason=Reason.NOT_ASKED), Reason.NOT_ASKED),
    ],
)
def test_of_a_host_that_was_not_seen_everything_is_unknown(seen: Host, reason: Reason) -> None:
    """Its mounts and volumes are told as declared, and why they are unknown."""
    binding = HostBinding("download-stack", ("192.0.2.209",), mounts=(WANTED,))
    bound = [VolumeBinding("v", "download-stack", PATH)]
    look = HostLook(seen)
    assert mounts_of(binding, look) == (
        Mount(
            "download-stack",
            PATH,
            MountState.UNKNOWN,
            source="pve:/media",
            declared_source="pve:/media",
            declared_mode="rw",
            reason=reason,
        ),
    )
    assert volumes_of(bound, binding, look) == (
        Volume("v", "download-stack", PATH, VolumeState.UNKNOWN, reason),
    )


def test_what_a_host_finds_is_shown_behind_what_is_declared() -> None:
    """Network mounts as mounts, disks as volumes, each in the host's order and once."""
    binding = HostBinding("here", ("127.0.0.1",), mounts=(WANTED,), discover=True)
    entries = {
        "/": Entry("/", "/dev/sda1", "ext4", "rw"),
        PATH: MOUNTED,
        "/mnt/tv": Entry("/mnt/tv", "nas:/tv", "nfs4", "ro"),
    }
    spaces = dict.fromkeys(("/", PATH, "/mnt/tv"), ANSWERED)
    look = _look(entries, spaces, ("/", PATH, "/mnt/tv"))
    mounts = mounts_of(binding, look)
    volumes = volumes_of((), binding, look)
    assert [(m.path, m.state, m.mode, m.note) for m in mounts] == [
        (PATH, MountState.OK, "rw", None),
        ("/mnt/tv", MountState.OK, "ro", None),
    ]
    assert [(v.name, v.path, v.state) for v in volumes] == [("here:/", "/", VolumeState.OK)]


def test_a_host_knows_network_filesystems_as_the_program_does() -> None:
    """The probe's list and the program's are one: what is shown, and where no history is kept."""
    script = Path(mounts.__file__).with_name("probe.sh").read_text(encoding="utf-8")
    (listed,) = re.findall(r"^ *(nfs \|.*)\) ;;$", script, re.MULTILINE)
    assert {*listed.split(" | ")} == LINUX_NETWORK_TYPES | {"zfs"}  # whose source is no device

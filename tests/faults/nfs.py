"""A mount of NFS by Linux's own client and server. All else of the host is there."""

from faults.row import Row

FILE = "nfs/test_mount.py::"
DECLARED = f"{FILE}test_a_mount_that_is_not_as_declared"
ROWS = (
    Row(
        "nfs-server-dead",
        "the NFS server is dead",
        "`kill -STOP` to the whole emulated server, before the look",
        15,
        1,
        f"{FILE}test_a_dead_server",
        {"mount": "hung rw", "volume": "unknown path_hung"},
        says="no answer in 3 s",
    ),
    Row(
        "nfs-server-dies",
        "the NFS server dies during the look",
        "`kill -STOP` to the whole emulated server, at four moments of a look",
        15,
        1,
        f"{FILE}test_a_server_that_dies_during_a_look",
        says="hung, or as it was before: nothing else",
    ),
    Row(
        "nfs-server-back",
        "the NFS server comes back",
        "`kill -CONT` after three looks at a dead one",
        15,
        0,
        f"{FILE}test_a_server_that_comes_back",
        {"mount": "ok rw", "volume": "ok"},
    ),
    Row(
        "nfs-look-killed",
        "the look is killed while a dead server keeps it waiting",
        "`kill -KILL` to it, its question hanging on the client",
        15,
        137,
        f"{FILE}test_a_look_that_is_killed",
        says="nothing of it is left running on either machine",
    ),
    Row(
        "nfs-stale",
        "the server no longer knows what is mounted",
        "the exported folder is deleted and made anew",
        15,
        1,
        DECLARED,
        {"mount": "stale rw", "volume": "unknown path_error"},
    ),
    Row(
        "nfs-read-only",
        "what should be written to is mounted read-only",
        "`mount -o ro`",
        15,
        1,
        DECLARED,
        {"mount": "wrong_mode ro", "volume": "ok"},
    ),
    Row(
        "nfs-wrong-source",
        "another export is mounted",
        "`mount pve:/other`",
        15,
        1,
        DECLARED,
        {"mount": "wrong_source rw", "volume": "ok"},
    ),
    Row(
        "nfs-missing",
        "nothing is mounted",
        "`umount`",
        15,
        1,
        DECLARED,
        {"mount": "missing", "volume": "unknown path_missing"},
    ),
)

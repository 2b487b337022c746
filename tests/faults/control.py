"""What may happen to a run on the machine that it runs on."""

from faults.row import Row

FILE = "cli/test_this_machine.py::"
IN_LAB = "stack/test_ended.py::"
ENDED = f"{IN_LAB}test_a_run_that_is_ended"
DISKS = "cli/test_faults.py::"
CLOCK = f"{FILE}test_a_clock_that_moves_in_a_look"
WHOLE = "what it said is recorded is; the history is whole; nothing is left running on any host"
ROWS = (
    Row("SIGINT", "Ctrl-C", "`kill -INT` at four random moments", 30, 130, ENDED, says=WHOLE),
    Row("SIGTERM", "it is told to end", "`kill -TERM`, the same", 30, 143, ENDED, says=WHOLE),
    Row("SIGHUP", "its terminal is closed", "`kill -HUP`, the same", 30, 129, ENDED, says=WHOLE),
    Row("SIGKILL", "it is killed", "`kill -KILL`, the same", 30, 137, ENDED, says=WHOLE),
    Row(
        "group",
        "it is ended with all it started, as by `timeout`",
        "`kill -TERM` to its process group; and `-HUP` and `-INT`, by their own codes",
        30,
        143,
        f"{FILE}test_a_run_that_is_ended_with_all_it_started",
        says=WHOLE,
    ),
    Row(
        "out-of-files",
        "too few files may be open at once",
        "a limit of 5 to 28 of them",
        10,
        2,
        f"{FILE}test_too_few_files",
        says="only 16 files may be open at once, and this look needs 29: raise the limit",
    ),
    Row(
        "out-of-memory",
        "memory runs out while a host sends without end",
        "limits of 64 to 256 MB, and a host that floods",
        60,
        2,
        f"{IN_LAB}test_too_little_memory",
        says="out of memory, or host down probe_failed: it sent more than an answer can hold; "
        "or nothing, where a library gets no memory and ends the process",
    ),
    Row(
        "asleep",
        "the machine sleeps for three hours in the middle of a look",
        "`kill -STOP`, a clock three hours on, `kill -CONT`",
        30,
        3,
        CLOCK,
        says="not recorded: the clock went on by 3h during the look, as when the machine "
        "sleeps; look again",
    ),
    Row(
        "set-back",
        "the clock is set back by an hour in the middle of a look",
        "`kill -STOP`, a clock an hour back, `kill -CONT`",
        30,
        3,
        CLOCK,
        says="not recorded: the clock went back by 1h during the look, as when the machine "
        "sleeps; look again",
    ),
    Row(
        "output-full",
        "the output goes to a disk that is full",
        "`> /dev/full`",
        10,
        2,
        f"{FILE}test_an_output_that_takes_nothing",
        says="can't write the output: No space left on device",
    ),
    Row(
        "full-at-first",
        "the disk is too full for a first look",
        "a real disk with 64 kB left",
        10,
        3,
        f"{DISKS}test_a_first_look_on_a_full_disk_leaves_no_half_made_file",
        says="no space left: no file at all, rather than half of one",
    ),
    Row(
        "full-in-upgrade",
        "the disk fills up while the history is upgraded",
        "a real disk, full before the copy, and before the change",
        10,
        3,
        f"{DISKS}test_an_upgrade_on_a_full_disk_leaves_the_file_as_it_was",
        says="no space left: every row as it was, in the schema that it had",
    ),
    Row(
        "full-in-backup",
        "the disk fills up while the history is backed up",
        "a real disk with 32 kB left",
        10,
        3,
        f"{DISKS}test_a_backup_on_a_full_disk_is_none_and_takes_none_away",
        says="no space left: the backups before it stay, and no piece of one is left",
    ),
)

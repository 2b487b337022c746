"""All of it at once."""

from faults.row import Row

ROWS = (
    Row(
        "everything",
        "the faults of SSH, names, health URLs and apps, a hung engine and a host that is off, all "
        "on one stack with a host that is well",
        "as each of them",
        90,
        1,
        "faults/test_asked.py::test_everything_at_once",
        says="each as it is shown alone; the host that is well is complete",
    ),
)

"""Container engines that don't tell. The host is up, and all else of it is there."""

from faults.row import Row

BLIND = {
    "host": "up",
    "engine": "unreadable engine_down",
    "service": "unknown engine_down",
}
SILENT = "stack/test_parts.py::test_an_engine_that_does_not_answer"
ROWS = (
    Row(
        "engine-stopped",
        "the Docker engine is stopped",
        "a real `dockerd` is ended and its socket goes; containers live on",
        3,
        1,
        SILENT,
        BLIND,
    ),
    Row(
        "engine-killed",
        "the Docker engine crashed",
        "`kill -KILL` to a real `dockerd`: its socket stays and refuses",
        3,
        1,
        SILENT,
        BLIND,
    ),
    Row(
        "engine-hung",
        "the Docker engine accepts questions and never answers",
        "`kill -STOP` to a real `dockerd`",
        11,
        1,
        SILENT,
        BLIND,
    ),
    Row(
        "engine-restarting",
        "the Docker engine is restarted during the look",
        "a real `dockerd` is ended between the list of containers and the question about them, and "
        "started behind that: the next look has all of them",
        11,
        1,
        "stack/test_parts.py::test_an_engine_that_restarts_during_a_look",
        BLIND,
    ),
)

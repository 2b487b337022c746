"""Apps that tell of their imports what none should. Every answer has 10 seconds.

What could not be counted is unknown, never zero.
"""

from faults.row import Row

TEST = "faults/test_asked.py::test_an_app_in_trouble"
SLOW = "faults/test_asked.py::test_an_app_whose_answer_does_not_come"
BENIGN = "faults/test_asked.py::test_what_only_looks_like_trouble"
UNKNOWN = "unknown unreachable"
QUICK_SEC, SLOW_SEC = 30, 60


def _row(key: str, fault: str, made: str, says: str = "") -> Row:
    return Row(key, fault, made, QUICK_SEC, 1, TEST, {"import": UNKNOWN}, says=says)


def _benign(key: str, fault: str, made: str, counted: str) -> Row:
    return Row(key, fault, made, QUICK_SEC, 0, BENIGN, {"import": counted})


def _slow(key: str, fault: str, made: str, says: str = "") -> Row:
    return Row(key, fault, made, SLOW_SEC, 1, SLOW, {"import": UNKNOWN}, says=says)


NOT_ITS_API = "what answers there is not radarr's API"
ROWS = (
    _row("radarr-html", "Radarr answers HTML", "a login page", NOT_ITS_API),
    _row("radarr-500", "Radarr answers 500", "that", "answered 500"),
    _row("radarr-truncated", "its JSON breaks off", "half an event", "its answer broke off"),
    _row("radarr-object", "its JSON is of another shape", "an object", NOT_ITS_API),
    _row("radarr-wrong-types", "its events are of wrong types", "a text for an id", NOT_ITS_API),
    _row("radarr-nested", "its JSON is nested 100,000 deep", "`[[[[…`", NOT_ITS_API),
    _benign(
        "radarr-50000",
        "it imported 50,000 films today",
        "35 MB of events as long as real ones: in less than 256 MB of memory",
        "ok 50000",
    ),
    _benign(
        "radarr-clock",
        "its clock is an hour ahead",
        "events of an hour from now: of its own day, they count",
        "ok 3",
    ),
    _benign(
        "radarr-clock-behind",
        "its clock is an hour behind",
        "events of an hour ago at the newest: of its own day, they count",
        "ok 3",
    ),
    _slow(
        "radarr-endless",
        "its JSON never ends",
        "event after event, as fast as they are read: in less than 256 MB of memory",
    ),
    _slow("radarr-trickles", "its JSON trickles", "a byte every 20 ms", "timed out after 10 s"),
    _slow("radarr-silent", "it takes the question and is silent", "that", "timed out after 10 s"),
)

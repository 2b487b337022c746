"""A row of the fault matrix: what goes wrong, and what must then be true.

Rows are facts for three readers: the tests that prove them take their expectations from them,
`docs/reliability.md` is made of them, and `docs/history.md` takes what to do about a file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

ASKED: set[str] = set()  # keys of rows that were asked for their bound


@dataclass(frozen=True, slots=True)
class Row:
    """One fault. `key` names it in tests; where the lab can cause it, it is the lab's name for it.

    `shown` has words by kind of thing ("host", "engine", "service", "endpoint", …) as
    `stack.ops.facts` words them: the state, an HTTP status or a mode, the reason.
    """

    key: str
    fault: str
    made: str  # how its test makes it, on what real parts
    most_sec: int  # the longest that a look with it may take, with the limits its section names
    exit_code: int
    test: str  # FILE::NAME of the test that proves it, below tests/
    shown: Mapping[str, str] = field(default_factory=dict)
    says: str = ""  # the line to standard error, up to what to do; or what else is seen of it
    advice: str = ""  # what to do about it, where a person has to

    @property
    def bound_sec(self) -> int:
        """The same for its test; that it asked is noted, and one that did not fails."""
        ASKED.add(self.key)
        return self.most_sec

"""What reads text from outside, by name.

`test_any_bytes` tries each with Hypothesis, `bench/fuzz` for as long as you like with atheris.
What either finds becomes a file in `crashes/TARGET`, and is tried by every run of the suite.
"""

from pathlib import Path

from . import of_files, of_hosts, of_people, of_store, of_web
from .target import Target

CRASHES = Path(__file__).with_name("crashes")
TARGETS: dict[str, Target] = {
    **of_hosts.TARGETS,
    **of_web.TARGETS,
    **of_files.TARGETS,
    **of_people.TARGETS,
    **of_store.TARGETS,
}

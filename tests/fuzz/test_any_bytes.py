"""Whatever arrives from outside is a value or an error of ours: `targets` says for whom."""

from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .targets import CRASHES, TARGETS

MOST_REPEATED = 9000  # above Python's own limit of a number's digits, and any of ours for a name
WRITTEN = sorted(CRASHES.rglob("*.bin"))


@cache
def _seeds(name: str) -> list[bytes]:
    return TARGETS[name].seeds()


@st.composite
def inputs(draw: st.DrawFn, name: str) -> bytes:
    """Any bytes, or good ones with a piece struck out, typed over, doubled or drawn out."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.binary(max_size=99))
    good = draw(st.sampled_from(_seeds(name)))
    begin = draw(st.integers(0, len(good)))
    end = draw(st.integers(begin, min(begin + 40, len(good))))
    piece = good[begin:end]
    often = MOST_REPEATED // max(1, len(piece))
    typed = draw(st.binary(max_size=12) | st.sampled_from([b"", piece * 2, piece * often]))
    return good[:begin] + typed + good[end:]


@pytest.mark.parametrize("name", TARGETS)
def test_any_bytes_are_a_value_or_an_error_of_ours(name: str) -> None:
    """What each reader makes of them keeps what its target says of it."""

    @settings(
        max_examples=TARGETS[name].examples,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(inputs(name))
    def tried(data: bytes) -> None:
        TARGETS[name].read(data)

    tried()


@pytest.mark.parametrize("file", WRITTEN, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_what_was_found_once_is_not_found_again(file: Path) -> None:
    """Each input that ever made a reader fail is one of its values or errors now."""
    TARGETS[file.parent.name].read(file.read_bytes())

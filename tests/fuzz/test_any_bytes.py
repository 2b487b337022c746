"""Whatever arrives from outside is a value or an error of ours: `targets` says for whom."""

from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .targets import CRASHES, QUICK, SEEDS, TARGETS

EXAMPLES = {
    "rows": 15,
    "damage": 15,
    "sql": 15,
    "answer": 25,
    "bindings": 25,
}  # the others: as many as are quick
USUAL_EXAMPLES = 60
WRITTEN = sorted(CRASHES.rglob("*.bin"))


@cache
def _seeds(name: str) -> list[bytes]:
    return SEEDS[name]()


@pytest.mark.parametrize("name", QUICK)
def test_any_bytes_are_a_value_or_an_error_of_ours(name: str) -> None:
    """Bytes of any kind, and good ones with a piece struck out, doubled or typed over."""

    @settings(
        max_examples=EXAMPLES.get(name, USUAL_EXAMPLES),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(st.data())
    def tried(data: st.DataObject) -> None:
        good = data.draw(st.sampled_from(_seeds(name)))
        begin = data.draw(st.integers(0, len(good)))
        end = data.draw(st.integers(begin, min(begin + 40, len(good))))
        typed = data.draw(st.binary(max_size=12) | st.just(good[begin:end] * 2))
        TARGETS[name](
            data.draw(st.just(good[:begin] + typed + good[end:]) | st.binary(max_size=99))
        )

    tried()


@pytest.mark.parametrize("file", WRITTEN, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_what_was_found_once_is_not_found_again(file: Path) -> None:
    """Each input that ever made a reader fail is one of its values or errors now."""
    TARGETS[file.parent.name](file.read_bytes())


@pytest.mark.parametrize("name", QUICK)
def test_every_seed_is_read(name: str) -> None:
    """What a fuzzer begins with is what a reader is made for."""
    assert _seeds(name)
    for seed in _seeds(name):
        TARGETS[name](seed)

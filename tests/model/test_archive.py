"""The names of archives, and which ones stay."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.model.archive import (
    ENDING,
    UNSURE,
    Archive,
    Keeping,
    label_of,
    labels_of,
    parse_archive,
    past_keeping,
    stem_of,
)

NOW = datetime(2026, 2, 16, 3, 15, 5, tzinfo=UTC)
times = st.datetimes(datetime(2000, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda at: at.replace(microsecond=0)
)
archives = st.lists(
    st.tuples(st.integers(1, 4000), st.booleans()), max_size=30, unique_by=lambda it: it[0]
).map(lambda some: [archive(NOW - timedelta(hours=hours), sure=sure) for hours, sure in some])


def archive(at: datetime, *, sure: bool = True) -> Archive:
    name = f"radarr-{at:%Y%m%dT%H%M%SZ}{'' if sure else UNSURE}{ENDING}"
    return Archive("radarr", name, at, 1, sure)


@given(st.text(min_size=1), times, st.booleans(), st.integers(1, 3))
def test_a_name_says_what_it_was_made_of(
    service: str,
    at: datetime,
    sure: bool,  # noqa: FBT001 - hypothesis gives it
    number: int,
) -> None:
    """Whatever a service is called, its archives' names are read back."""
    label = labels_of(service, number)[-1]
    name = f"{stem_of(label, at)}{'' if sure else UNSURE}{ENDING}"
    assert parse_archive(label, name, 7) == Archive(label, name, at, 7, sure)


@given(st.text(min_size=1), st.text(min_size=1))
def test_a_label_names_a_file_and_one_service(one: str, other: str) -> None:
    """It is no path, no option and not hidden; no two services share one."""
    label = label_of(one)
    assert "/" not in label
    assert label[0] not in ".-"
    assert label.isascii()
    assert label.isprintable()
    assert len(label) < 200
    assert (label == label_of(other)) == (one == other)


@pytest.mark.parametrize(
    "name",
    [
        "radarr-20260216T031505Z.tar.gz.sha256",
        "radarr-20260216T031505Z.tar.gz.partial",
        "sonarr-20260216T031505Z.tar.gz",
        "radarr-20261316T031505Z.tar.gz",
        "radarr.tar.gz",
        "radarr-20260216T031505Z.tar.gz\n",
    ],
)
def test_what_bears_another_name_is_not_ours(name: str) -> None:
    """It is neither listed, nor restored, nor taken away."""
    assert parse_archive("radarr", name, 1) is None


@given(archives, st.integers(1, 9), st.none() | st.integers(1, 200), st.booleans())
def test_what_goes_is_older_or_too_many_and_never_the_newest(
    others: list[Archive],
    count: int,
    days: int | None,
    sure: bool,  # noqa: FBT001
) -> None:
    """Only those like the one just made go; it stays, and with it as many as were asked for."""
    made = archive(NOW, sure=sure)
    age = timedelta(days=days) if days else None
    gone = past_keeping([*others, made], Keeping(count, age), made)
    alike = sorted((it for it in [*others, made] if it.sure == sure), key=lambda it: it.at)
    kept = [it for it in alike if it not in gone]
    assert made in kept
    assert all(it.sure == sure for it in gone)
    assert list(gone) == alike[: len(gone)]
    assert len(kept) <= count
    assert age is None or all(it.at >= NOW - age for it in kept)
    expected = [it for it in alike[-count:] if age is None or it.at >= NOW - age]
    assert kept == expected


def test_a_clock_that_went_back_takes_nothing_new_away() -> None:
    """What was just made stays, even where others bear a later time."""
    made = archive(NOW)
    later = [archive(NOW + timedelta(days=day)) for day in (1, 2)]
    assert made not in past_keeping([*later, made], Keeping(1), made)

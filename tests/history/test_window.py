"""Windows of time as people type them."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.history.window import Window, parse_window

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 2, 16, 14, 2, 5, 999_999, tzinfo=BERLIN)
SECOND = datetime(2026, 2, 16, 13, 2, 5, tzinfo=UTC)


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("text", "begin", "end"),
    [
        ("24h", SECOND - timedelta(days=1), SECOND),
        ("7d", SECOND - timedelta(days=7), SECOND),
        (" 2W ", SECOND - timedelta(days=14), SECOND),
        ("1y", SECOND - timedelta(days=365), SECOND),
        ("2h30m", SECOND - timedelta(hours=2, minutes=30), SECOND),
        ("1d 12h", SECOND - timedelta(hours=36), SECOND),
        ("1w1d1h1m1s..2h30m", SECOND - timedelta(8, 3661), SECOND - timedelta(hours=2.5)),
        ("today", local(2026, 2, 16), SECOND),
        ("yesterday", local(2026, 2, 15), local(2026, 2, 16)),
        ("2026-02-10", local(2026, 2, 10), local(2026, 2, 11)),
        ("2026-02-10 03:00", local(2026, 2, 10, 3), SECOND),
        ("13:20", local(2026, 2, 16, 13, 20), SECOND),
        ("2026-01-01..2026-02-01", local(2026, 1, 1), local(2026, 2, 1)),
        ("2026-02-01 .. 2026-03-01", local(2026, 2, 1), SECOND),
        ("2026-02-10 03:00..2026-02-10 04:30", local(2026, 2, 10, 3), local(2026, 2, 10, 4, 30)),
        ("3d..1d", SECOND - timedelta(days=3), SECOND - timedelta(days=1)),
        ("2026-02-01..", local(2026, 2, 1), SECOND),
        ("2026-02-01..now", local(2026, 2, 1), SECOND),
        ("2025-10-26", local(2025, 10, 26), local(2025, 10, 27)),
    ],
)
def test_a_window_is_what_a_person_means(text: str, begin: datetime, end: datetime) -> None:
    """Spans end now, a day is the local day, a day at an end of A..B is its first moment."""
    window = parse_window(text, NOW, BERLIN)
    assert (window.begin.astimezone(UTC), window.end.astimezone(UTC)) == (
        begin.astimezone(UTC),
        end.astimezone(UTC),
    )


def test_a_day_on_which_clocks_change_is_as_long_as_it_is() -> None:
    """25 hours in autumn, 23 in spring."""
    autumn, spring = (parse_window(day, NOW, BERLIN) for day in ("2025-10-26", "2025-03-30"))
    assert (autumn.seconds, spring.seconds) == (25 * 3600, 23 * 3600)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("so\x1bon", '"so\\x1bon" is no span of time'),
        ("soon", '"soon" is no span of time; say 24h, 7d, 1y, yesterday'),
        ("30m2h", '"30m2h" is no span of time'),
        ("2h2h", '"2h2h" is no span of time'),
        ("7", '"7" is no span of time'),
        ("..7d", '"..7d" says no beginning; say 24h'),
        ("2026-02-30", '"2026-02-30" is no span of time'),
        ("0h", '"0h" has no length: its end is not after its beginning'),
        ("2026-02-01..2026-01-01", '"2026-02-01..2026-01-01" has no length'),
        ("2026-03-01..2026-02-01", '"2026-03-01" has not come yet'),
        ("2026-03-01", '"2026-03-01" has not come yet'),
        ("2026-02-16 15:00", '"2026-02-16 15:00" has not come yet'),
        ("999999w", '"999999w" is too long ago'),
    ],
)
def test_what_is_no_window_is_said_to_be_none(text: str, said: str) -> None:
    """With what to type instead where nothing of it is understood."""
    with pytest.raises(ValueError, match=re.escape(said)) as raised:
        parse_window(text, NOW, BERLIN)
    assert str(raised.value).startswith(said)


@given(st.text(max_size=30))
def test_any_text_is_a_window_or_a_mistake_in_words(text: str) -> None:
    """Never another exception; never a window that ends in the future or has no length."""
    try:
        window = parse_window(text, NOW, BERLIN)
    except ValueError:
        return
    assert isinstance(window, Window)
    assert window.begin < window.end <= NOW

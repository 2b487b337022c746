"""The trend of a few dozen daily values, and how sure it is. Pure.

The slope is Theil's and Sen's: the median of the slopes between each two days (H. Theil, A
rank-invariant method of linear and polynomial regression analysis, Proc. Kon. Ned. Akad. v.
Wetensch. A 53, 1950). A few odd days do not move it.

Its range is the wider of two. Sen's: the slopes that Kendall's rank correlation does not reject
(P. K. Sen, Estimates of the regression coefficient based on Kendall's tau, J. Am. Stat. Assoc. 63,
1968, section 3). That takes the days to be independent of each other, and space is not: what was
stored stays, so deviations add up, and Sen's range alone would hold one true slope in seven
(bench/forecast). The other takes them to add up, as in a random walk: a line through n days of one
has the variance 6 v / 5 n, v being what a day adds (J. Durlauf and P. Phillips, Trends versus
random walks in time series analysis, Econometrica 56, 1988). v is measured over whole weeks, in
which busy and quiet weekdays are evened out.
"""

from collections.abc import Sequence
from math import sqrt

from recorder.frozen import frozen

NORMAL_90 = 1.645  # of 100 values of a normal distribution, 90 lie within so many deviations
WEEK = 7
WALK = 6 / 5

Point = tuple[int, int]  # a day's number and its value


@frozen
class Trend:
    """A slope a day with its range: nine of ten true slopes lie within."""

    slope: float
    low: float
    high: float
    scatter: float  # the variance a day adds
    deviations: float  # how many make up the range

    def over(self, days: float) -> tuple[float, float]:
        """The range of the slope in the next days; their own deviations come in too."""
        own = self.deviations**2 * self.scatter / days
        down, up = self.slope - self.low, self.high - self.slope
        return self.slope - sqrt(down**2 + own), self.slope + sqrt(up**2 + own)

    def used_up(self, free: float) -> tuple[float, float]:
        """The soonest and the latest number of days until nothing is left of `free`.

        Only for a trend whose range falls. After t days -slope t is gone, give or take
        sqrt(own t + spread^2 t^2); that is `free` at the roots of a quadratic equation.
        """
        if free <= 0:
            return 0.0, 0.0
        middle = 2 * free * -self.slope + self.deviations**2 * self.scatter
        # slope^2 - spread^2, without the loss of digits
        low, high = (end * (2 * self.slope - end) for end in (self.low, self.high))
        soonest = 2 * free**2 / (middle + sqrt(max(0.0, middle**2 - 4 * low * free**2)))
        return soonest, (middle + sqrt(max(0.0, middle**2 - 4 * high * free**2))) / (2 * high)


def trend(points: Sequence[Point]) -> Trend:
    """The trend of at least two points, in the order of their days."""
    slopes, count = _slopes(points), len(points) * (len(points) - 1) // 2
    slope = (slopes[(count - 1) // 2] + slopes[count // 2]) / 2
    low, high = _sens(slopes, len(points))
    length = points[-1][0] - points[0][0] + 1
    scatter, deviations = _scatter(points, slope), _deviations(length / WEEK - 1)
    walk = deviations * sqrt(WALK * scatter / length)
    return Trend(slope, min(low, slope - walk), max(high, slope + walk), scatter, deviations)


def sens_range(points: Sequence[Point]) -> tuple[float, float]:
    """Sen's range alone: nine of ten slopes, were the days independent of each other."""
    return _sens(_slopes(points), len(points))


def _slopes(points: Sequence[Point]) -> list[float]:
    """Between each two days, the least first. Floats: they take half the time of whole numbers."""
    base = points[0][1]
    floats = [(float(day), float(value - base)) for day, value in points]
    slopes: list[float] = []
    for place, (day, value) in enumerate(floats, 1):
        slopes += [(other - value) / (later - day) for later, other in floats[place:]]
    slopes.sort()
    return slopes


def _sens(slopes: Sequence[float], points: int) -> tuple[float, float]:
    ranks = NORMAL_90 * sqrt(_variance_of_ranks(points))
    low, high = (len(slopes) - ranks) / 2, (len(slopes) + ranks) / 2
    return slopes[max(0, int(low))], slopes[min(len(slopes) - 1, int(high))]


def _variance_of_ranks(count: int) -> float:
    """Of Kendall's S, the pairs that rise less those that fall, where there is no trend."""
    return count * (count - 1) * (2 * count + 5) / 18


def _scatter(points: Sequence[Point], slope: float) -> float:
    """What a day adds to the variance, from what each week adds."""
    squares, ahead = [], 0
    for day, value in points:
        while ahead < len(points) and points[ahead][0] < day + WEEK:
            ahead += 1
        if ahead == len(points):
            break
        days = points[ahead][0] - day
        squares.append((points[ahead][1] - value - slope * days) ** 2 / days)
    return sum(squares) / len(squares) if squares else 0.0


def _deviations(freedom: float) -> float:
    """The same of Student's distribution: what was measured from few weeks may be measured wrong.

    M. Abramowitz and I. Stegun, Handbook of Mathematical Functions, 1964, 26.7.5.
    """
    freedom, z = max(1.0, freedom), NORMAL_90
    first, second = (z**3 + z) / 4, (5 * z**5 + 16 * z**3 + 3 * z) / 96
    return z + first / freedom + second / freedom**2

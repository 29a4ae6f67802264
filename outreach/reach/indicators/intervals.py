"""How far a share in a sample may lie from the share among all: 95 % intervals.

They hold for a simple random sample; what people were easy to ask is none, and no interval makes it one.
"""

from math import sqrt
from statistics import NormalDist

Z = NormalDist().inv_cdf(0.975)
"""About 1.96: of the normal distribution, 95 % lies within so many standard deviations."""


def wilson(*, share: float, n: int) -> tuple[float, float]:
    """The Wilson score interval of a share between 0 and 1 among ``n``.

    E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927), 209–212.
    Raises ``ValueError`` for a share outside 0 to 1, or where nobody was asked.
    """
    if n < 1 or not 0 <= share <= 1:
        raise ValueError("a share lies between 0 and 1, and at least one was asked")
    middle = share + Z * Z / (2 * n)
    reach = Z * sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    divisor = 1 + Z * Z / n
    return max(0.0, (middle - reach) / divisor), min(1.0, (middle + reach) / divisor)


def newcombe(*, before: float, n_before: int, after: float, n_after: int) -> tuple[float, float]:
    """The interval of the difference ``after`` − ``before`` of two independent shares.

    R. G. Newcombe, Interval estimation for the difference between independent proportions, Statistics in Medicine 17
    (1998), 873–890, method 10: it joins the Wilson intervals of the two.
    """
    low_before, high_before = wilson(share=before, n=n_before)
    low_after, high_after = wilson(share=after, n=n_after)
    difference = after - before
    below = sqrt((after - low_after) ** 2 + (high_before - before) ** 2)
    above = sqrt((high_after - after) ** 2 + (before - low_before) ** 2)
    return difference - below, difference + above

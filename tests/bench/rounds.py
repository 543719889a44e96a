"""Figures of several rounds: medians, and whether they lie close enough together to conclude from."""

import statistics

NOISY = 0.15  # of the median: half the figures lie farther from it than this, and nothing can be concluded


def median(values):
    return statistics.median(values)


def spread(values):
    """The median distance from the median, as a share of the median: what one odd round does not move."""
    middle = statistics.median(values)
    return statistics.median(abs(value - middle) for value in values) / middle if middle else 0.0


def is_noisy(values):
    return spread(values) > NOISY


def summary(values):
    return {'median': median(values), 'least': min(values), 'most': max(values), 'spread': round(spread(values), 4),
            'rounds': list(values)}


def ratios(ours, theirs):
    """Round by round, because what disturbs a round disturbs both."""
    return [a / b for a, b in zip(ours, theirs) if b]

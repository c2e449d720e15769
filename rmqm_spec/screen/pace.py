"""How far a piece of work has come, how fast it goes and how long it still takes."""

from __future__ import annotations

__all__ = ["Pace"]


class Pace:
    """
    The pace of a piece of work, from its reports.

    Parameters
    ----------
    what : str
        What is being done.
    units : tuple of two str
        What is counted, and what the rate counts.
    per_input : int
        How many units of the rate each counted unit takes.
    n_known : int
        How many were already done before: they do not count for the rate.

    Examples
    --------
    >>> pace = Pace("scoring", ("inputs", "encodings"), per_input=100, n_known=0)
    >>> pace.hear(0, 10, now=20.0)
    >>> pace.words
    'scoring  0/10 inputs'
    >>> pace.hear(5, 10, now=70.0)
    >>> pace.words
    'scoring  5/10 inputs  50%  0:50 left  10 encodings/s'
    >>> pace.few_words
    '50%  0:50 left  10/s'
    """

    def __init__(self, what: str, units: tuple[str, str], *, per_input: int, n_known: int) -> None:
        self._what = what
        self._counted, self._rated = units
        self._per_input = per_input
        self._n_known = n_known
        self._base: tuple[float, int] | None = None
        self._seconds = 0.0
        self.done = 0
        self.total = 0

    def hear(self, done: int, total: int, now: float) -> None:
        """Take a report, `now` in seconds; the rate counts from the first report of new work."""
        if self._base is None or done <= self._n_known:
            self._base = now, done
        self._seconds = now - self._base[0]
        self.done, self.total = done, total

    @property
    def is_known(self) -> bool:
        """Whether there is a rate to go by."""
        return self._base is not None and self.done > self._base[1]

    @property
    def words(self) -> str:
        """Everything there is to say."""
        counts = f"{self._what}  {self.done}/{self.total} {self._counted}"
        if not self.is_known:
            return counts
        return f"{counts}  {self._share_and_left}  {self._speed} {self._rated}/s"

    @property
    def few_words(self) -> str:
        """The same for a narrow terminal."""
        if not self.is_known:
            return f"{self.done}/{self.total}"
        return f"{self._share_and_left}  {self._speed}/s"

    @property
    def _rate(self) -> float:
        """Inputs per second."""
        n_before = self._base[1] if self._base else 0
        return (self.done - n_before) / max(self._seconds, 1e-9)

    @property
    def _share_and_left(self) -> str:
        left = _duration((self.total - self.done) / self._rate)
        return f"{self.done / max(self.total, 1):.0%}  {left} left"

    @property
    def _speed(self) -> str:
        return f"{self._rate * self._per_input:,.0f}"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"

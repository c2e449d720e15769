"""The regressions of a document: both spaces, by log volume in both readings, and by trace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import asdict, frozen

from rmqm_spec.errors import UsageError
from rmqm_spec.spectra.columns import SPACES, Columns
from rmqm_spec.spectra.eigenvalues import Spectrum
from rmqm_spec.spectra.readings import READINGS, Reading, regress_log_volume, regress_trace
from rmqm_spec.spectra.regression import Regression

__all__ = ["Asked", "Fitted", "fitted", "regressions_of", "unlike"]


@frozen(kw_only=True)
class Asked:
    """Which regression: the space, what the error is regressed on, and the reading."""

    space: str
    regressor: str
    reading: Reading | None = None

    @property
    def words(self) -> str:
        """The regression in words."""
        read = "" if self.reading is None else f", reading {self.reading}"
        return f"error on {self.regressor.replace('-', ' ')}, {self.space} space{read}"


@frozen(kw_only=True)
class Fitted:
    """A regression, or why there is none."""

    asked: Asked
    regression: Regression | None = None
    error: UsageError | None = None


def fitted(sets: Mapping[str, Columns]) -> Iterator[Fitted]:
    """
    Yield the regressions of an autoencoder whose training and test inputs were measured.

    Parameters
    ----------
    sets : mapping of str to Columns
        By name; without ``train`` and ``test`` of an autoencoder there are none.
    """
    known = [sets[name].autoencoder for name in ("train", "test") if name in sets]
    if len(known) < 2 or known[0] is None or known[1] is None:
        return
    train, test = known[0], known[1]
    for asked in _all():
        sides = (train.mse, getattr(train, asked.space), test.mse, getattr(test, asked.space))
        try:
            yield Fitted(asked=asked, regression=_fit(asked, *sides))
        except UsageError as error:
            yield Fitted(asked=asked, error=error)


def regressions_of(sets: Mapping[str, Columns]) -> list[dict[str, Any]]:
    """Return the regressions that could be fitted, as entries of a document."""
    return [
        {**asdict(one.asked), **asdict(one.regression)}
        for one in fitted(sets)
        if one.regression is not None
    ]


def unlike(regressions: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Yield regressions of a document; where no orientation is reversed, both readings are one."""
    numbers = ("intercept", "slope", "test_slope", "left_out_train", "left_out_test")
    before: Mapping[str, Any] = {}
    for one in regressions:
        if one["reading"] == "dropped" and all(one[key] == before.get(key) for key in numbers):
            continue
        before = one
        yield one


def _all() -> Iterator[Asked]:
    for space in SPACES:
        for reading in READINGS:
            yield Asked(space=space, regressor="log-volume", reading=reading)
        yield Asked(space=space, regressor="trace")


def _fit(
    asked: Asked, error_train: Any, train: Spectrum, error_test: Any, test: Spectrum
) -> Regression:
    if asked.reading is None:
        return regress_trace(error_train, train, error_test, test)
    return regress_log_volume(error_train, train, error_test, test, reading=asked.reading)

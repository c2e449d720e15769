"""Correct variants in their answers: arrays, numbers and keys of another kind in memory."""

from __future__ import annotations

import math

import numpy as np

from .plain import Plain
from .plain_inputs import Refused

OPERATIONS = frozenset(
    {
        *("content_id", "prepare", "name_inputs", "white_noise", "distances", "characterize"),
        *("interval", "evaluate", "encode", "pool", "vjp", "loss", "pgd_step", "pgd_path"),
        *("document", "compare", "map_values", "nnk_neighbourhoods", "nnk_graph"),
        *("nnk_diameters", "nnk_invariance", "nnk_classify"),
        *("jacobian_products", "jacobians", "spectrum", "autoencoder_spectrum"),
        *("encoder_spectrum", "spectrum_regression"),
    }
)


WITH_ARRAYS = OPERATIONS - {"content_id", "name_inputs", "characterize", "interval", "evaluate"}
WITH_ARRAYS -= {"document", "compare"}
WITH_NUMBERS = frozenset({"distances", "characterize", "interval", "evaluate", "compare"})
WITH_TEXTS = frozenset({"content_id", "prepare", "name_inputs"})


def _answers(operations):
    """Put the answers of some operations into the form of the class, where others ask for them."""

    def decorated(variant):
        for name in {*operations, "evaluate", "document", "interval"}:
            setattr(variant, name, _reshaped(variant, name))
        return variant

    return decorated


def _reshaped(variant, name):
    def method(self, **arguments):
        outermost, self.inside = not getattr(self, "inside", False), True
        try:
            found = getattr(super(variant, self), name)(**arguments)
        finally:
            self.inside = not outermost
        return self.answer(found) if outermost else found

    return method


class _Reshapes(Plain):
    def answer(self, found):
        return {key: self.form(value) for key, value in found.items()}


class _ReshapesArrays(_Reshapes):
    def form(self, value):
        return self.array(value) if isinstance(value, np.ndarray) else value


@_answers(WITH_ARRAYS)
class AnswersBigEndian(_ReshapesArrays):
    """Gives arrays in the byte order of the network."""

    def array(self, value):
        return value.astype(value.dtype.newbyteorder(">"))


@_answers(WITH_ARRAYS)
class AnswersInFortranOrder(_ReshapesArrays):
    """Gives arrays whose first axis is the fastest, and that nobody can write to."""

    def array(self, value):
        turned = np.asfortranarray(value)
        turned.setflags(write=False)
        return turned


@_answers(WITH_ARRAYS)
class AnswersViews(_ReshapesArrays):
    """Gives views with negative strides of larger arrays."""

    def array(self, value):
        return np.repeat(value[::-1], 2, axis=0)[::-2] if value.ndim else value


@_answers(WITH_NUMBERS | {"distances"})
class AnswersNumbersWithoutAxes(_Reshapes):
    """Gives arrays without axes for numbers."""

    def form(self, value):
        return np.array(value) if isinstance(value, int | float) else value


@_answers(WITH_NUMBERS | WITH_TEXTS)
class AnswersNumPyScalars(_Reshapes):
    """Gives numbers and texts of NumPy."""

    def form(self, value):
        kinds = {int: np.int32, float: np.float64, str: np.str_}
        return kinds[type(value)](value) if type(value) in kinds else value


@_answers(WITH_NUMBERS)
class AnswersWholeFloatsAsIntegers(_Reshapes):
    """Has one kind of number: gives 1 for 1.0, and 3.0 for 3."""

    def form(self, value):
        if type(value) is int:
            return float(value)
        return int(value) if isinstance(value, float) and value.is_integer() else value


@_answers(WITH_NUMBERS)
class AnswersNullForUndefined(_Reshapes):
    """Gives nothing for a number that is undefined."""

    def form(self, value):
        return None if isinstance(value, float) and math.isnan(value) else value


@_answers(("name_inputs", "distances", "loss", "pool"))
class AnswersTuples(_Reshapes):
    """Gives tuples for lists and for arrays of float64."""

    def form(self, value):
        if isinstance(value, np.ndarray) and value.dtype == np.float64:
            value = value.tolist()
        return self.in_tuples(value) if isinstance(value, list) else value

    def in_tuples(self, value):
        return tuple(map(self.in_tuples, value)) if isinstance(value, list) else value


@_answers(("name_inputs",))
class AnswersNamesInAnArray(_Reshapes):
    """Gives ids in an array of texts."""

    def form(self, value):
        return np.array(value, dtype=object) if isinstance(value, list) else value


@_answers(OPERATIONS)
class AnswersWithMore(_Reshapes):
    """Gives more than it is asked for, keys in another order."""

    def answer(self, found):
        return {"seconds": 0.5, **dict(reversed(found.items())), "notes": ["mine"]}


class RefusesWithItsOwnError(Plain):
    """Raises errors that are no ValueError."""

    class NotToday(Exception):  # noqa: N818
        """An error of its own."""

    refusals = (NotToday,)

    def __getattribute__(self, name):
        found = super().__getattribute__(name)
        if name not in OPERATIONS:
            return found

        def guarded(**arguments):
            try:
                return found(**arguments)
            except Refused as refusal:
                raise self.NotToday(str(refusal)) from refusal

        return guarded

"""The implementation under judgement, whatever it is written in: description and operations."""

from __future__ import annotations

import math
import traceback
import warnings
from collections.abc import Mapping
from numbers import Real
from typing import Any, Protocol

import numpy as np

from rmqm_conformance.description import Description
from rmqm_conformance.operations import Operation, Slot, operation
from rmqm_conformance.problems import DescriptionError, Errored, Refused

__all__ = ["PythonSubject", "Subject", "checked_result"]

_NETWORK = ("weight", "bias", "scale", "mean", "std", "activation")


class Subject(Protocol):
    """What every check sees of an implementation."""

    @property
    def description(self) -> Description:
        """What the implementation says about itself."""
        ...

    def perform(self, name: str, /, **arguments: Any) -> dict[str, Any]:
        """
        Perform an operation of ``operations.toml`` and return its results.

        Raises
        ------
        Refused
            If the implementation refuses on purpose.
        Errored
            If it gives no answer, or an answer of a wrong form.
        """
        ...

    def touched(self, name: str, /, **arguments: Any) -> str:
        """
        Perform an operation and return the name of an argument that it wrote to, or nothing.

        A program cannot write to what it is asked; an object in this process can.
        """
        ...


class PythonSubject:
    """
    Any Python object with ``describe()`` and a method for each operation of its capabilities.

    Parameters
    ----------
    implementation : object
        Methods take keyword arguments and return a mapping, both as in ``operations.toml``. It
        refuses by raising one of the exceptions in its attribute ``refusals``, by default
        `ValueError`.

    Raises
    ------
    DescriptionError
        If it does not describe itself, or lacks a method of a capability that it claims.
    """

    def __init__(self, implementation: Any) -> None:
        if not callable(getattr(implementation, "describe", None)):
            raise DescriptionError(
                "an implementation must have a method describe(); "
                f"got {type(implementation).__name__}"
            )
        self.description = Description.read(implementation.describe())
        self._implementation = implementation
        self._refusals = tuple(getattr(implementation, "refusals", (ValueError,)))

    def perform(self, name: str, /, **arguments: Any) -> dict[str, Any]:
        """Call the method of that name, with copies of all arrays."""
        given = {key: _copied(value) for key, value in arguments.items()}
        return self._answer(name, given)

    def touched(self, name: str, /, **arguments: Any) -> str:
        """Call the method, and compare what it was given with what it left."""
        given = {key: _copied(value) for key, value in arguments.items()}
        self._answer(name, given)
        changed = (key for key, value in arguments.items() if not _equal(given[key], value))
        return next(changed, "")

    def _answer(self, name: str, given: dict[str, Any]) -> dict[str, Any]:
        requested = operation(name)
        method = getattr(self._implementation, name, None)
        if method is None:
            raise Errored(f"{requested.needs} is claimed, but there is no method {name}")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # an implementation may warn
                answer = method(**given)
        except self._refusals as refusal:
            raise Refused(str(refusal)) from refusal
        except SystemExit as error:
            raise Errored(f"it ends the process: SystemExit: {error.code}") from error
        except Exception as error:
            problem = f"{type(error).__name__}: {error}"
            raise Errored(problem, context=traceback.format_exc()) from error
        return checked_result(requested, answer)


def checked_result(operation: Operation, answer: Any) -> dict[str, Any]:
    """
    Return the results of an operation with arrays as ndarrays.

    Raises
    ------
    Errored
        If a key is missing, or a value is not of its kind. Further keys are left aside.
    """
    if not isinstance(answer, Mapping) or not set(operation.gives) <= set(answer):
        got = sorted(map(str, answer)) if isinstance(answer, Mapping) else type(answer).__name__
        raise Errored(f"{operation.name} must give {sorted(operation.gives)}; got {got}")
    return {
        key: _checked(f"{operation.name}.{key}", slot, answer[key])
        for key, slot in operation.gives.items()
    }


def _checked(place: str, slot: Slot, value: Any) -> Any:
    if value is None and slot.nullable:
        return None
    checked = _CHECKS[slot.kind](value)
    if checked is None:
        raise Errored(f"{place} must be of kind {slot.kind}; got {value!r:.80}")
    return checked


def _array(value: Any) -> np.ndarray[Any, Any] | None:
    """Return an array of the byte order of this machine, in C order: neither is judged."""
    try:
        array = np.array(value, order="C")
    except ValueError:
        return None
    return array.astype(array.dtype.newbyteorder("=")) if array.dtype.kind in "fiub" else None


def _float(value: Any) -> float | None:
    """Return a number; a number that is undefined may be null as well (RMQM-DEG-009)."""
    number = math.nan if value is None else _number(value)
    return float(number) if isinstance(number, Real) and not isinstance(number, bool) else None


def _int(value: Any) -> int | None:
    """Return an integer; a float that is whole is one, since JSON has one kind of number."""
    number = _number(value)
    real = isinstance(number, Real) and not isinstance(number, bool)
    whole = real and math.isfinite(number) and number == int(number)
    return int(number) if whole else None


def _number(value: Any) -> Any:
    """Return what an array without axes holds, and anything else as it is."""
    return value.item() if isinstance(value, np.ndarray | np.generic) and not value.ndim else value


def _text(value: Any) -> str | None:
    text = _number(value)
    return str(text) if isinstance(text, str) else None


def _texts(value: Any) -> list[str] | None:
    listed = isinstance(value, list | tuple | np.ndarray)
    if listed and all(isinstance(text, str) for text in value):
        return [str(text) for text in value]
    return None


_CHECKS = {"array": _array, "float": _float, "int": _int, "text": _text, "texts": _texts}


def _copied(value: Any) -> Any:
    """Return a copy that the implementation may overwrite."""
    if isinstance(value, np.ndarray):
        return value.copy(order="K")  # the memory layout is part of what is asked
    if isinstance(value, Mapping):
        return {key: _copied(item) for key, item in value.items()}
    return [_copied(item) for item in value] if isinstance(value, list | tuple) else value


def _equal(left: Any, given: Any) -> bool:
    """Tell whether an argument is as it was, bit by bit."""
    if isinstance(given, np.ndarray):
        return left.shape == given.shape and bool(left.tobytes() == given.tobytes())
    if isinstance(given, Mapping):
        return set(left) == set(given) and all(_equal(left[key], given[key]) for key in given)
    if isinstance(given, list | tuple):
        return len(left) == len(given) and all(map(_equal, left, given))
    return bool(left == given)

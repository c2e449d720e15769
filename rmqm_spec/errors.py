"""
The errors a user can meet, and the exit code of each.

Every error carries a `code` that ``rmqm-spec explain CODE`` explains, a message of one shape
(*the thing* must *the rule*; got *the value*) and a `fix`: what to do next.

=========================  ====  ==================================================
class                      exit  raised while
=========================  ====  ==================================================
`SubjectError`             1     judging: the model or its encodings break a rule
`UsageError`               2     reading arguments: also a `ValueError`
`UnreadableError`          3     opening a model, data or result file
`UnavailableError`         4     preparing the environment: runtime, provider, extra
`IncompleteError`          5     working: stopped before the end, nothing is lost
=========================  ====  ==================================================
"""

from __future__ import annotations

from typing import ClassVar

__all__ = [
    "EncodingError",
    "IncompleteError",
    "RmqmError",
    "ShapeError",
    "SubjectError",
    "UnavailableError",
    "UnreadableError",
    "UsageError",
]


class RmqmError(Exception):
    """
    Base of all errors that rmqm-spec raises on purpose.

    Parameters
    ----------
    code : str
        Stable code, an entry of ``codes.toml``, for example ``"DAT002"``.
    message : str
        The thing, the rule and the value it met, in one sentence.
    fix : str
        What the reader can do next.

    Examples
    --------
    >>> error = UsageError("ARG001", "seed must be at least 0; got -1", fix="Give a seed >= 0.")
    >>> error.code, str(error), error.exit_code
    ('ARG001', 'seed must be at least 0; got -1', 2)
    """

    exit_code: ClassVar[int] = 70

    def __init__(self, code: str, message: str, *, fix: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.fix = fix

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle whole, so that an error that a worker process meets can be raised here."""
        return _rebuilt, (type(self), self.code, self.message, self.fix)


class SubjectError(RmqmError):
    """The model under test breaks a rule."""

    exit_code = 1


class EncodingError(SubjectError):
    """An encoding has the wrong shape, zero norm or a value that is not finite."""


class UsageError(RmqmError, ValueError):
    """An argument or an option breaks a rule."""

    exit_code = 2


class ShapeError(UsageError):
    """An array has the wrong shape."""


class UnreadableError(RmqmError):
    """A model, data or result file cannot be read."""

    exit_code = 3


class UnavailableError(RmqmError):
    """The environment lacks something: a runtime, a provider, an extra."""

    exit_code = 4


class IncompleteError(RmqmError):
    """The work was stopped before its end."""

    exit_code = 5


def _rebuilt(kind: type[RmqmError], code: str, message: str, fix: str) -> RmqmError:
    return kind(code, message, fix=fix)

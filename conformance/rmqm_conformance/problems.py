"""How a check can end badly: the implementation breaks a rule, refuses, or does not answer."""

from __future__ import annotations

from typing import Any

from rmqm_spec.errors import UsageError

__all__ = ["DescriptionError", "Errored", "Refused", "UnknownNameError", "Violation"]


class UnknownNameError(UsageError):
    """A name that the kit does not know."""

    def __init__(self, message: str) -> None:
        super().__init__("CON002", message, fix="rmqm-spec conformance --list names them all.")


class DescriptionError(UsageError):
    """What an implementation says about itself breaks a rule: nothing can be judged."""

    def __init__(self, message: str) -> None:
        super().__init__(
            "CON001", message, fix="docs/conformance.md shows what a description must hold."
        )


class Violation(Exception):  # noqa: N818 - an outcome, as in reports
    """
    A rule of the specification is broken.

    Parameters
    ----------
    message : str
        The value that was received and what it should be, in a single sentence.
    got, should : object
        Both, as plain data where they are short enough to show.
    mistake : str
        The mistake that breaks the rule, where the check can only fail by it.

    Attributes
    ----------
    example : str
        What was asked when it happened.
    """

    def __init__(
        self, message: str, *, got: Any = None, should: Any = None, mistake: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.mistake = mistake
        self.got = got
        self.should = should
        self.example = ""


class Refused(Exception):  # noqa: N818 - an outcome, as in reports
    """The implementation refused on purpose, with a message for its user."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
        self.example = ""


class Errored(Exception):  # noqa: N818 - an outcome, as in reports
    """
    The implementation gave no answer that can be judged: a crash, a deadline, a wrong form.

    Parameters
    ----------
    message : str
        What happened.
    context : str
        What the implementation left behind: a traceback, its last lines on stderr.
    """

    def __init__(self, message: str, *, context: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.context = context
        self.example = ""

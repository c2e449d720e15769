"""A subject that remembers its last exchanges, so that a failure can be traced to a mistake."""

from __future__ import annotations

from collections import deque
from typing import Any, Final

from attrs import frozen

from rmqm_conformance.description import Description
from rmqm_conformance.problems import Refused
from rmqm_conformance.subject import Subject

__all__ = ["Exchange", "Recording"]

_KEPT: Final = 16


@frozen(kw_only=True, eq=False)
class Exchange:
    """
    What was asked of an implementation and what it answered.

    Parameters
    ----------
    operation : str
        The operation.
    arguments : dict
        Its arguments.
    answer : dict or None
        Its results; None if it refused.
    """

    operation: str
    arguments: dict[str, Any]
    answer: dict[str, Any] | None


class Recording:
    """
    A subject that passes everything on and keeps the last exchanges.

    Parameters
    ----------
    subject : Subject
        The implementation.

    Attributes
    ----------
    exchanges : deque of Exchange
        The latest stands at the end. Errors of the implementation are not kept.
    """

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self.exchanges: deque[Exchange] = deque(maxlen=_KEPT)

    @property
    def description(self) -> Description:
        """That of the implementation."""
        return self._subject.description

    def perform(self, name: str, /, **arguments: Any) -> dict[str, Any]:
        """Perform an operation and remember it."""
        try:
            answer = self._subject.perform(name, **arguments)
        except Refused:
            self._keep(name, arguments, None)
            raise
        self._keep(name, arguments, answer)
        return answer

    def touched(self, name: str, /, **arguments: Any) -> str:
        """Pass the question on."""
        return self._subject.touched(name, **arguments)

    def _keep(self, name: str, arguments: dict[str, Any], answer: dict[str, Any] | None) -> None:
        self.exchanges.append(Exchange(operation=name, arguments=arguments, answer=answer))

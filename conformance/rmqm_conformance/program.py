"""The door for any language: a program that answers JSON lines."""

from __future__ import annotations

import json
from types import TracebackType
from typing import Any, Final, Self

from rmqm_conformance.description import Description
from rmqm_conformance.messages import checked_reply, complaint
from rmqm_conformance.operations import operation
from rmqm_conformance.problems import DescriptionError, Errored, Refused
from rmqm_conformance.process import LineProcess
from rmqm_conformance.subject import checked_result
from rmqm_conformance.version import PROTOCOL, SUITE_VERSION
from rmqm_conformance.wire import decode_results, encode_arguments
from rmqm_spec.clauses import NUMBERS_VERSION, SPEC_VERSION

__all__ = ["DEADLINE_S", "ProgramSubject"]

DEADLINE_S: Final = 30.0
"""How long a program may take for an answer by default."""


class ProgramSubject:
    """
    A program as a subject: started here, asked over stdin, ended with the context.

    A program that crashes or misses a deadline fails only the current check: the next check
    starts it anew.

    Parameters
    ----------
    command : str
        As typed in a shell.
    deadline_s : float
        How long it may take for an answer.

    Attributes
    ----------
    description : Description
        What the program said about itself when it was started.
    case : str
        Id of the current check, sent along with each request.
    notes : list of str
        Remarks on the program that belong to no check.

    Raises
    ------
    UsageError
        If it does not start.
    DescriptionError
        If it does not describe itself, or does not know this version of the specification.
    """

    def __init__(self, command: str, *, deadline_s: float = DEADLINE_S) -> None:
        self.command = command
        self.case = ""
        self.notes: list[str] = []
        self._deadline_s = deadline_s
        self._seq = 0
        self._process: LineProcess | None = LineProcess(command)
        try:
            self.description = self._greet(self._process)
        except Errored as error:
            self._process.kill()
            stderr = f"; it said on stderr: {error.context.strip()[-500:]}" if error.context else ""
            raise DescriptionError(f"{command!r}: {error.message}{stderr}") from error
        except BaseException:
            self._process.kill()
            raise

    def perform(self, name: str, /, **arguments: Any) -> dict[str, Any]:
        """Ask the program."""
        requested = operation(name)
        self._seq += 1
        request = {
            "cmd": "run",
            "seq": self._seq,
            "case": self.case,
            "op": name,
            "args": encode_arguments(requested, arguments),
        }
        try:
            reply = self._exchange(self._running(), request, f"run.{name}", self._seq)
        except Errored:
            self._discard()
            raise
        if "refused" in reply:
            raise Refused(reply["refused"]["message"])
        if "errored" in reply:
            failure = reply["errored"]
            raise Errored(failure["message"], context=failure.get("traceback", ""))
        try:
            results = decode_results(requested, reply["result"])
        except ValueError as error:
            raise Errored(f"a value cannot be read: {error}") from error
        return checked_result(requested, results)

    def touched(self, name: str, /, **arguments: Any) -> str:
        """Return nothing: a program holds a copy of what it is asked."""
        self.perform(name, **arguments)
        return ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is not None and kind is None:
            note = self._process.end(json.dumps({"cmd": "stop"}))
            self.notes += [note] if note else []
        elif self._process is not None:
            self._process.kill()
        self._process = None

    def _running(self) -> LineProcess:
        if self._process is None:
            self._process = LineProcess(self.command)
            self._greet(self._process)
        return self._process

    def _discard(self) -> None:
        """Give up a process whose next line can no longer be trusted."""
        if self._process is not None:
            self._process.kill()
        self._process = None

    def _greet(self, process: LineProcess) -> Description:
        hello = {"cmd": "start", "protocol": PROTOCOL, "suite": SUITE_VERSION}
        description = self._exchange(process, hello, "start", None)["implementation"]
        if not any(self._knows(process, version) for version in (SPEC_VERSION, NUMBERS_VERSION)):
            raise DescriptionError(
                f"an implementation must know specification {SPEC_VERSION}, or {NUMBERS_VERSION}, "
                f"which has the same numbers; {description['name']} answers that it knows neither"
            )
        return Description.read(description)

    def _knows(self, process: LineProcess, version: str) -> bool:
        question = {"cmd": "spec", "version": version}
        return bool(self._exchange(process, question, "spec", None)["ok"])

    def _exchange(
        self, process: LineProcess, message: dict[str, Any], kind: str, seq: int | None
    ) -> dict[str, Any]:
        if problem := complaint(f"request.{kind}", message):
            raise ValueError(f"a request breaks the schema {problem}")  # ours, not the program's
        line = process.ask(json.dumps(message, allow_nan=False), deadline_s=self._deadline_s)
        return checked_reply(line, kind, seq)

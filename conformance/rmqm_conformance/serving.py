"""The other side of the JSON lines: any Python implementation as a program."""

from __future__ import annotations

import json
import sys
import traceback
from typing import Any, TextIO

from rmqm_conformance.operations import operation
from rmqm_conformance.problems import Errored, Refused
from rmqm_conformance.subject import PythonSubject
from rmqm_conformance.version import PROTOCOL
from rmqm_conformance.wire import decode_arguments, encode_results
from rmqm_spec.clauses import NUMBERS_VERSION, SPEC_VERSION

__all__ = ["serve"]


def serve(implementation: Any, *, requests: TextIO | None = None) -> None:
    """
    Answer requests on stdin until told to stop.

    Whatever the implementation prints goes to stderr: stdout belongs to the messages.

    Parameters
    ----------
    implementation : object
        As for `PythonSubject`.
    requests : text stream, optional
        Where requests come from; stdin by default.
    """
    subject, replies = PythonSubject(implementation), sys.stdout
    sys.stdout = sys.stderr
    try:
        for line in requests or sys.stdin:
            message = json.loads(line)
            if message["cmd"] == "stop":
                return
            replies.write(json.dumps(_reply(implementation, subject, message)) + "\n")
            replies.flush()
    finally:
        sys.stdout = replies


def _reply(implementation: Any, subject: PythonSubject, message: dict[str, Any]) -> dict[str, Any]:
    if message["cmd"] == "start":
        return {"protocol": PROTOCOL, "implementation": dict(implementation.describe())}
    if message["cmd"] == "spec":
        return {"ok": message["version"] in {SPEC_VERSION, NUMBERS_VERSION}}
    reply: dict[str, Any] = {"seq": message["seq"]}
    try:
        requested = operation(message["op"])
        results = subject.perform(requested.name, **decode_arguments(requested, message["args"]))
        return reply | {"result": encode_results(requested, results)}
    except Refused as refusal:
        return reply | {"refused": {"message": refusal.message}}
    except Errored as error:
        return reply | {"errored": {"message": error.message, "traceback": error.context}}
    except Exception as error:  # whatever happens, the judge gets an answer
        problem = f"{type(error).__name__}: {error}"
        return reply | {"errored": {"message": problem, "traceback": traceback.format_exc()}}

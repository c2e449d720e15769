"""``rmqm-spec doctor``: does the environment work, tried for real."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rmqm_spec.cli.output import WITHOUT_SCORE
from rmqm_spec.screen.table import Column, stdout_columns, table_lines
from rmqm_spec.screen.writing import print_json, print_text

__all__ = ["run_doctor"]

BROKEN_ENVIRONMENT = 4

NOTHING: dict[str, Any] = {
    "runtime": {
        "ok": False,
        "builds": {},
        "code": "ENV004",
        "message": "no backend can be used",
        "fix": "See below which plugs are broken.",
    },
    "providers": {},
    "threads": {"machine": None, "usable": None, "quota": None},
}


def run_doctor(*, as_json: bool) -> int:
    """Diagnose; returns 4 where scoring cannot work."""
    from rmqm_spec.clauses import SPEC_VERSION
    from rmqm_spec.results.document import versions
    from rmqm_spec.runs.inspecting import diagnose

    diagnosis = diagnose()
    environment = next(iter(diagnosis.pop("diagnoses").values()), NOTHING)
    seen = {
        "versions": versions(),
        "specification": SPEC_VERSION,
        "backends": diagnosis["plugs"]["backend"],
        **environment,
        **diagnosis,
    }
    works = all(one["ok"] is not False for one in seen["providers"].values())
    ok = bool(seen["runtime"]["ok"]) and works
    if as_json:
        print_json({"schema": "rmqm-doctor/1", **WITHOUT_SCORE, "ok": ok, **seen})
    else:
        for line in _lines(seen):
            print_text(line)
    return 0 if ok else BROKEN_ENVIRONMENT


def _lines(seen: Mapping[str, Any]) -> Iterator[str]:
    versions = seen["versions"]
    yield (
        f"  Python {versions['python']}   rmqm-spec {versions['rmqm-spec']}   "
        f"specification {seen['specification']}"
    )
    words, subjects, messages = zip(*_rows(seen), strict=True)
    yield from table_lines(
        [
            Column("", words, left=True),
            Column("", subjects, left=True),
            Column("", messages, left=True, fit="wrap"),
        ],
        stdout_columns(),
    )


def _rows(seen: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield whether something works, what it is and what there is to say of it."""
    versions, runtime, threads = seen["versions"], seen["runtime"], seen["threads"]
    yield "OK", "numpy, onnx", f"{versions['numpy']}, {versions['onnx']}"
    builds = ", ".join(f"{name} {release}" for name, release in runtime["builds"].items())
    yield _word(runtime["ok"]), "ONNX Runtime", builds or "none installed"
    if not runtime["ok"]:
        yield "", "", f"{runtime['code']} {runtime['message']}"
        yield "", "", f"fix: {runtime['fix']}"
    for name, one in seen["providers"].items():
        yield _word(one["ok"]), f"provider {name}", one["message"]
        if one["ok"] is False and one.get("fix"):
            yield "", "", f"fix: {one['fix']}"
    quota = f", quota {threads['quota']:g}" if threads["quota"] else ""
    yield "OK", "processors", f"{threads['machine']}{quota} -> using {threads['usable']}"
    broken = {(plug["kind"], plug["name"]): plug["message"] for plug in seen["broken"]}
    for kind, plugs in seen["plugs"].items():
        for name, origin in plugs.items():
            message = broken.get((kind, name))
            yield _word(message is None), f"{kind} {name}", origin
            if message is not None:
                yield "", "", message


def _word(ok: bool | None) -> str:
    return {True: "OK", False: "FAIL", None: "-"}[ok]

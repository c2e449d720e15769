"""``rmqm-spec doctor``: does the environment work, tried for real."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rmqm_spec.cli.output import WITHOUT_SCORE
from rmqm_spec.screen.table import TableColumn, stdout_columns, table_lines
from rmqm_spec.screen.writing import print_json, print_text

__all__ = ["run_doctor"]

BROKEN_ENVIRONMENT = 4

MISSING_EXTRA = "ENV014"
"""Of a plug that is not broken: a package that only this plug needs is not installed."""

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
    report = {
        "versions": versions(),
        "specification": SPEC_VERSION,
        "backends": diagnosis["plugs"]["backend"],
        **environment,
        **diagnosis,
    }
    works = all(provider["ok"] is not False for provider in report["providers"].values())
    ok = bool(report["runtime"]["ok"]) and works
    if as_json:
        print_json({"schema": "rmqm-doctor/1", **WITHOUT_SCORE, "ok": ok, **report})
    else:
        for line in _lines(report):
            print_text(line)
    return 0 if ok else BROKEN_ENVIRONMENT


def _lines(report: Mapping[str, Any]) -> Iterator[str]:
    versions = report["versions"]
    yield (
        f"  Python {versions['python']}   rmqm-spec {versions['rmqm-spec']}   "
        f"specification {report['specification']}"
    )
    words, subjects, messages = zip(*_rows(report), strict=True)
    yield from table_lines(
        [
            TableColumn("", words, left=True),
            TableColumn("", subjects, left=True),
            TableColumn("", messages, left=True, fit="wrap"),
        ],
        stdout_columns(),
    )


def _rows(report: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield a word for whether something works, its name, and a message about it."""
    versions, runtime, threads = report["versions"], report["runtime"], report["threads"]
    yield "OK", "numpy, onnx", f"{versions['numpy']}, {versions['onnx']}"
    builds = ", ".join(f"{name} {release}" for name, release in runtime["builds"].items())
    yield _word(runtime["ok"]), "ONNX Runtime", builds or "none installed"
    if not runtime["ok"]:
        yield "", "", f"{runtime['code']} {runtime['message']}"
        yield "", "", f"fix: {runtime['fix']}"
    for name, provider in report["providers"].items():
        yield _word(provider["ok"]), f"provider {name}", provider["message"]
        if provider["ok"] is False and provider.get("fix"):
            yield "", "", f"fix: {provider['fix']}"
    quota = f", quota {threads['quota']:g}" if threads["quota"] else ""
    yield "OK", "processors", f"{threads['machine']}{quota} -> using {threads['usable']}"
    broken = {(plug["kind"], plug["name"]): plug for plug in report["broken"]}
    for kind, plugs in report["plugs"].items():
        for name, origin in plugs.items():
            fault = broken.get((kind, name))
            if fault is None:
                yield _word(True), f"{kind} {name}", origin
                continue
            ok = None if fault["code"] == MISSING_EXTRA else False
            yield _word(ok), f"{kind} {name}", origin
            yield "", "", fault["message"]
            yield "", "", f"fix: {fault['fix']}"


def _word(ok: bool | None) -> str:
    return {True: "OK", False: "FAIL", None: "-"}[ok]

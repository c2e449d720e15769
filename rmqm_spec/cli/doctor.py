"""``rmqm-spec doctor``: does the environment work, tried for real."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rmqm_spec.cli.output import WITHOUT_SCORE
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
    yield _line("numpy, onnx", f"{versions['numpy']}, {versions['onnx']}", ok=True)
    builds = ", ".join(f"{name} {release}" for name, release in seen["runtime"]["builds"].items())
    runtime = seen["runtime"]
    yield _line("ONNX Runtime", builds or "none installed", ok=runtime["ok"])
    if not runtime["ok"]:
        yield f"    {runtime['code']} {runtime['message']}"
        yield f"    fix: {runtime['fix']}"
    for name, one in seen["providers"].items():
        yield _line(f"provider {name}", one["message"], ok=one["ok"])
        if one["ok"] is False and one.get("fix"):
            yield f"    fix: {one['fix']}"
    threads = seen["threads"]
    quota = f", quota {threads['quota']:g}" if threads["quota"] else ""
    yield _line("processors", f"{threads['machine']}{quota} -> using {threads['usable']}", ok=True)
    broken = {(plug["kind"], plug["name"]): plug["message"] for plug in seen["broken"]}
    for kind, plugs in seen["plugs"].items():
        for name, origin in plugs.items():
            message = broken.get((kind, name))
            yield _line(f"{kind} {name}", origin, ok=message is None)
            if message is not None:
                yield f"    {message}"


def _line(what: str, message: str, *, ok: bool | None) -> str:
    word = {True: "OK", False: "FAIL", None: "-"}[ok]
    return f"  {what:<18} {message:<52} {word}"

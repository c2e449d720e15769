"""
What ``rmqm-spec check`` says of every model in a folder of real ones, as a Markdown table.

    python benchmarks/check_real_models.py ../shared

The folder holds ``models/models.json`` with the preprocessing of each model, and ``data``.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

FALLBACK = {"imagenet": "imagenet_samples_core50_224px.npz", "caltech": "lfw_subset_200.npz"}


def options(preprocess: dict[str, Any] | None, data: Path) -> list[str]:
    """Translate a record of the list, in units of bytes, into options."""
    if preprocess is None:
        return []
    statistics = {}
    for name, key in (("mean", "subtract"), ("std", "divide")):
        values = preprocess[key]
        values = values if isinstance(values, list) else [values]
        statistics[name] = ",".join(str(value) for value in values)
    found = ["--scale", "255", "--mean", statistics["mean"], "--std", statistics["std"]]
    if preprocess.get("channel_order") == "BGR":
        found += ["--channel-order", "bgr"]
    return [*found, "--data", data_of(preprocess, data)]


def data_of(preprocess: dict[str, Any], data: Path) -> str:
    name = preprocess["dataset"].split(" ")[0]
    name = next((other for word, other in FALLBACK.items() if name.startswith(word)), name)
    if "split" in preprocess:
        return f"{data / name}:{preprocess['split']}_images"
    key = ":test_images" if name == "mnist.npz" else ""
    return f"{data / name}{key}"


def check(model: Path, extra: list[str]) -> tuple[int, dict[str, Any], float, str]:
    started = time.monotonic()
    command = [sys.executable, "-m", "rmqm_spec", "check", str(model), "--json", *extra]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, json.loads(done.stdout), time.monotonic() - started, done.stderr


def row(name: str, code: int, found: dict[str, Any], seconds: float) -> str:
    score = "-"
    if found["rmqm"] is not None:
        low, high = found["interval"]
        score = f"{found['rmqm']:.3f} [{low:.3f}, {high:.3f}]"
    failed = [one for one in found["findings"] if one["level"] == "fail"]
    warned = [one["code"] for one in found["findings"] if one["level"] == "warn"]
    said = "; ".join(f"{one['code']} {one['message'][:110]}" for one in failed).replace("|", "/")
    return f"| {name} | {code} | {score} | {said} | {' '.join(warned)} | {seconds:.1f} |"


def main() -> None:
    shared = Path(sys.argv[1])
    print("| model | exit | RMQM | failed | warned | s |\n| --- | --- | --- | --- | --- | --- |")
    for record in json.loads((shared / "models/models.json").read_text(encoding="utf-8")):
        extra = options(record.get("preprocess"), shared / "data")
        code, found, seconds, said = check(shared / "models" / record["file"], extra)
        print(row(record["file"], code, found, seconds), flush=True)
        if "Traceback" in said:
            sys.exit(f"{record['file']}: a traceback\n{said}")


if __name__ == "__main__":
    main()

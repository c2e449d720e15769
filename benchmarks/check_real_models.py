"""
What ``rmqm-spec check`` says of every model in a folder of real models, as a Markdown table.

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
    arguments = ["--scale", "255", "--mean", statistics["mean"], "--std", statistics["std"]]
    if preprocess.get("channel_order") == "BGR":
        arguments += ["--channel-order", "bgr"]
    return [*arguments, "--data", data_of(preprocess, data)]


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


def row(name: str, code: int, document: dict[str, Any], seconds: float) -> str:
    score = "-"
    if document["rmqm"] is not None:
        low, high = document["interval"]
        score = f"{document['rmqm']:.3f} [{low:.3f}, {high:.3f}]"
    failed = [finding for finding in document["findings"] if finding["level"] == "fail"]
    warned = [finding["code"] for finding in document["findings"] if finding["level"] == "warn"]
    failures = "; ".join(f"{finding['code']} {finding['message'][:110]}" for finding in failed)
    failures = failures.replace("|", "/")
    return f"| {name} | {code} | {score} | {failures} | {' '.join(warned)} | {seconds:.1f} |"


def main() -> None:
    shared = Path(sys.argv[1])
    print("| model | exit | RMQM | failed | warned | s |\n| --- | --- | --- | --- | --- | --- |")
    for record in json.loads((shared / "models/models.json").read_text(encoding="utf-8")):
        extra = options(record.get("preprocess"), shared / "data")
        code, document, seconds, stderr = check(shared / "models" / record["file"], extra)
        print(row(record["file"], code, document, seconds), flush=True)
        if "Traceback" in stderr:
            sys.exit(f"{record['file']}: a traceback\n{stderr}")


if __name__ == "__main__":
    main()

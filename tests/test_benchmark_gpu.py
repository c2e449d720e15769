"""The benchmark of providers also runs where there is the processor alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("onnxruntime")

SCRIPT = Path(__file__).parents[1] / "benchmarks" / "gpu.py"


def test_every_provider_is_tried_and_the_cpu_measured(tmp_path):
    path = tmp_path / "results" / "machine.json"
    command = [sys.executable, str(SCRIPT), "--network", "lenet", "--repeats", "1", "--n", "3"]
    asked = ["--provider", "cpu", "--provider", "migraphx", "--json", str(path)]
    done = subprocess.run([*command, *asked], capture_output=True, text=True, check=True)
    measured = json.loads(path.read_text())
    cpu, absent = measured["rows"]
    assert (cpu["network"], cpu["provider"], cpu["nodes"]) == (
        "lenet",
        "cpu",
        {"CPUExecutionProvider": 14},
    )
    assert cpu["largest_distance_from_cpu"] == cpu["rmqm_minus_cpu"] == 0
    assert cpu["encodings_per_second"] > 0 < cpu["score_over_bare"]
    assert absent["error"].startswith("ENV003 provider migraphx must open; got: ")
    assert measured["machine"]["processor"]
    assert measured["tried"].keys() >= {"cpu", "cuda", "openvino"}
    assert str(path) in done.stdout

"""Another language is an allowed difference: the JavaScript sibling raises no alarm."""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from attrs import evolve

from rmqm_conformance import ProgramSubject, run
from rmqm_conformance.catalogue import checks
from rmqm_conformance.checks import Effort
from rmqm_conformance.judging import judge

ROOT = Path(__file__).parents[2]
HARNESS = f"node {ROOT / 'examples' / 'javascript' / 'harness.mjs'}"
BRIEF = Effort(profile="brief", examples=2, samples=1_000)

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")


def test_it_is_conformant_in_everything():
    with ProgramSubject(HARNESS) as subject:
        report = run(subject, profile="fast")
    assert [(one.id, one.message) for one in report.troubles] == []
    assert report.verdict == "conformant"
    assert report.counts["not-claimed"] == 0


def test_no_seed_raises_an_alarm():
    properties = [one for one in checks() if one.kind == "property"]
    with ProgramSubject(HARNESS) as subject:
        for seed in range(10, 15):
            found = [judge(one, subject, evolve(BRIEF, seed=seed)) for one in properties]
            assert [(one.id, one.message) for one in found if one.status != "passed"] == []


def test_its_check_values_are_those_of_the_annex():
    script = ROOT / "examples" / "javascript" / "check_values.mjs"
    done = subprocess.run(["node", script], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_zero_stays_a_zero_in_float16():
    inputs = np.array([[[0.0, -0.0, 1e-9, 0.5]]])
    asked = {"scale": 1.0, "means": np.zeros(1), "stds": np.ones(1), "dtype": "float16"}
    with ProgramSubject(HARNESS) as subject:
        values = subject.perform("map_values", inputs=inputs, **asked)["values"]
    assert values.tobytes() == inputs.astype(np.float16).tobytes()


def test_the_starter_in_javascript_runs_as_it_is(rmqm, tmp_path):
    assert rmqm("conformance", "init", "--lang", "javascript", cwd=tmp_path).returncode == 0
    asked = ("--cmd", "node my_implementation.mjs", "--profile", "fast", "--json")
    document = rmqm("conformance", *asked, cwd=tmp_path).document
    assert document["counts"]["failed"] == 0
    assert document["counts"]["passed"] > 5
    missing = {one["message"] for one in document["checks"] if one["status"] == "errored"}
    assert missing == {"no operation prepare yet", "no operation name_inputs yet"}


def test_its_way_with_floats_is_exact(tmp_path):
    starter = ROOT / "conformance" / "rmqm_conformance" / "starters" / "my_implementation.mjs"
    values = [1.5, -0.1, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 0.0, 1 / 3]
    script = tmp_path / "floats.mjs"
    script.write_text(
        f"import {{ readFloat }} from {json.dumps(str(starter))};\n"
        f"const texts = {json.dumps([value.hex() for value in values])};\n"
        "console.log(JSON.stringify(texts.map(readFloat)));\nprocess.exit(0);\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        ["node", script], input="", capture_output=True, text=True, timeout=60, check=True
    )
    assert json.loads(done.stdout) == values

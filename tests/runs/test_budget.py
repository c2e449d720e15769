"""A check ends: as many inputs are scored as fit into its budget, and what is left out is said."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from attrs import evolve

from rmqm_spec.contracts.encoder import EncoderTraits
from rmqm_spec.errors import UsageError
from rmqm_spec.runs.budget import plan_check
from rmqm_spec.runs.request import DataSettings, RunRequest

MODEL = str(Path(__file__).parents[2] / "examples/digits_ntxent.onnx")


def encoder(seconds, *, fixed=False):
    """An encoder that takes its time, for each input or for each call."""

    def encode(inputs):
        time.sleep(seconds * (1 if fixed else len(inputs)))
        return np.zeros((len(inputs), 2))

    traits = EncoderTraits(batch_size=8)
    return SimpleNamespace(encode=encode, spec=SimpleNamespace(shape=(1, 8, 8)), traits=traits)


def plan(seconds, *, budget=None, n=None, fixed=False):
    request = RunRequest(model=MODEL, inputs=DataSettings(n=n), budget=budget)
    return plan_check(request, encoder(seconds, fixed=fixed))


def test_a_quick_model_is_not_shortened():
    assert (plan(0.0).n_scored, plan(0.0).findings) == (32, ())


def test_a_slow_model_is_scored_on_fewer_inputs_and_that_is_said():
    slow = plan(0.01, budget=10)
    assert 5 <= slow.n_scored <= 10
    (finding,) = slow.findings
    assert (finding.code, finding.level) == ("RUN007", "warn")
    assert f"rests on {slow.n_scored} of 32 inputs" in finding.message
    assert "the budget is 10 s" in finding.message


def test_no_score_where_not_even_two_inputs_fit():
    slow = plan(0.02, budget="1s")
    assert (slow.n_scored, slow.n_contract) == (None, 6)
    assert slow.findings[0].message.startswith("there is no first score: ")
    assert plan(0.1, budget=1).n_contract == 2


def test_the_budget_that_is_advised_is_enough():
    advised = plan(0.01, budget=10).findings[0].fix.split("--budget ")[1].split(";")[0]
    assert plan(0.01, budget=advised).n_scored >= 28


def test_a_number_of_inputs_stands_unless_a_budget_is_named_too():
    assert plan(0.02, n=100).n_scored == 100
    assert plan(0.01, n=100, budget=5).n_scored < 6


def test_a_fixed_batch_is_timed_as_a_whole():
    assert plan(0.01, fixed=True).pace < 0.003


def test_a_spent_budget_ends_the_score_after_two_inputs_at_the_earliest():
    spent = evolve(plan(0.0, budget=1), started=time.monotonic() - 2)
    assert [spent.is_spent(n) for n in (0, 1, 2, 9)] == [False, False, True, True]
    assert not plan(0.0, budget=60).is_spent(9)
    assert not plan(0.0, n=3).is_spent(9)


def test_the_budget_that_is_advised_after_a_cut_is_that_of_all_inputs():
    cut = evolve(plan(0.0, budget=1), n_scored=32, started=time.monotonic() - 8).cut_short(4)
    assert (cut.code, cut.level) == ("RUN007", "warn")
    assert "rests on 4 of 32 inputs: the budget of 1 s was spent" in cut.message
    advised = int(cut.fix.split("--budget ")[1].split("s;")[0])
    assert 8 * 32 / 4 < advised < 100


SLOWER = """
import rmqm_spec.runs.budget as budget
budget._seconds = lambda encoder, n_inputs: 1e-6 * n_inputs
from rmqm_onnx import OnnxEncoder
import time
encode = OnnxEncoder.encode
def slow(self, inputs):
    time.sleep(0.004 * len(inputs))
    return encode(self, inputs)
OnnxEncoder.encode = slow
"""


def test_a_wrong_estimate_does_not_break_the_budget(tmp_path):
    pytest.importorskip("onnxruntime")
    program = f"""{SLOWER}
from rmqm_spec.runs.checking import check_model
from rmqm_spec.runs.request import DataSettings, RunRequest
import json
events = []
check_model(RunRequest(model={MODEL!r}, budget=3), events.append)
print(json.dumps(events))
"""
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert time.monotonic() - started < 20  # all 32 inputs would take 13 s, and the start its time
    events = json.loads(done.stdout.splitlines()[-1])
    (cut,) = [
        event["finding"] for event in events if event.get("finding", {}).get("code") == "RUN007"
    ]
    assert "the budget of 3 s was spent" in cut["message"]
    document = events[-1]["document"]
    assert document["rmqm"] is not None
    assert 2 <= document["counts"]["seen"] < 20
    assert (document["counts"]["offered"], document["counts"]["stopped_early"]) == (32, True)


@pytest.mark.parametrize("budget", ["0", "-1s", "soon", "1d", "nan"])
def test_a_budget_is_a_time(budget):
    with pytest.raises(UsageError, match="--budget must be a time above 0"):
        RunRequest(model=MODEL, budget=budget)


def test_check_says_what_it_left_out(rmqm, tmp_path):
    pytest.importorskip("onnxruntime")
    done = rmqm("check", MODEL, "--budget", "0.0001s", "--json", cwd=tmp_path)
    document = done.document
    assert (done.returncode, document["rmqm"], document["ok"]) == (0, None, True)
    assert document["findings"][-1]["code"] == "RUN007"

"""Whatever a document measured can be correlated: further measures, and measures with labels."""

import math

import pytest

from rmqm_spec.correlation.correlating import correlate
from rmqm_spec.correlation.joining import join
from rmqm_spec.correlation.measurements import Measurement, from_probe, from_result

ENCODER = {"sha256": "0" * 64, "name": "a"}
SAME = {"input": None, "output": None, "preprocessing": None, "geometry": None}


def test_a_result_gives_its_further_measures_where_they_are_defined():
    document = {
        "rmqm": None,
        "weighted_rmqm": None,
        "components": dict.fromkeys(("D", "D_RC", "P_RC", "S")),
        "measures": {"rankme": {"value": 4.5}, "two-nn": {"value": None}},
        "protocol": {"inputs": None},
        "model": ENCODER,
        **SAME,
    }
    found = from_result(document, "result.json")
    assert found.values == {"rankme": 4.5}
    assert {"rankme", "rmqm"} <= found.scores


def test_measures_of_a_probe_are_scores_of_its_task():
    document = {
        "task": "digits",
        "task_sha256": "1" * 64,
        "probes": {"1-nn": {"accuracy": 0.9}},
        "measures": {"logme": {"value": 0.3}, "h-score": {"value": None}},
        "model": ENCODER,
        **SAME,
    }
    found = from_probe(document, "probe.json")
    assert found.values == {"1-nn": 0.9, "logme": 0.3}
    assert found.scores == {"logme"}
    assert found.task == "digits"


def probes(task, values):
    return [
        Measurement(
            encoder=str(k),
            name=str(k),
            source=f"{k}.json",
            task=task,
            values={"1-nn": k / 10 + 0.2} | ({} if value is None else {"logme": value}),
            scores=frozenset({"logme"}),
        )
        for k, value in enumerate(values)
    ]


def test_they_are_correlated_within_their_own_task():
    joined = join([*probes("one", range(9)), *probes("two", [3, 0, 1, 4, 2, 6, 8, 5, 7])])
    assert joined.score_columns == ("logme",)
    assert joined.probe_columns == ("1-nn",)
    found = {one.task: one.estimates["spearman"] for one in correlate(joined, ["logme"], ["1-nn"])}
    assert found["one"].value == pytest.approx(1)
    assert found["two"].value == pytest.approx(1 - 6 * 26 / 720)
    assert math.isfinite(found[None].value)
    assert found[None].interval.method == "encoder-bootstrap-bca"


def test_encoders_without_the_score_are_named():
    joined = join(probes("one", [1, None, 3, 4, None, 6]))
    assert joined.lacking("logme") == ["1", "4"]

"""Further measures of a run: of the model, of its null, and at a common size."""

import json
from pathlib import Path

import pytest

import rmqm_spec
from rmqm_spec.validation.results import check_result

MODEL = str(Path(__file__).parents[2] / "examples/digits_ntxent.onnx")


@pytest.fixture(scope="module")
def scored(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run") / "out"
    names = ["rankme", "rankme@8", "neighbour-agreement", "lidar"]
    return rmqm_spec.score(MODEL, n=24, levels=10, measure=names, null=True, out=str(folder))


def test_the_null_has_the_same_measures(scored):
    document = json.loads(scored.path.read_text())
    null = document["null"]
    assert list(null["measures"]) == list(document["measures"])
    own = json.loads((scored.path.parent / null["folder"] / "result.json").read_text())
    assert null["measures"] == own["measures"]
    values = [null["measures"]["rankme"]["value"], document["measures"]["rankme"]["value"]]
    assert values[0] != values[1]


def test_a_size_matched_value_stands_under_its_own_name(scored):
    assert scored.measures["rankme@8"]["title"] == "RankMe at 8 values"
    assert 1 < scored.measures["rankme@8"]["value"] <= 8 < scored.measures["rankme"]["value"]


def test_everything_can_be_computed_again(scored):
    document = json.loads(scored.path.read_text())
    findings = [each for each in check_result(scored.path, document) if each.code == "VAL012"]
    assert [finding.level for finding in findings] == ["ok"] * 4

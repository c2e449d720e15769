import numpy as np
import pytest

from rmqm_spec import WhiteNoise, evaluate
from rmqm_spec.contracts.measure import Column, keeper
from rmqm_spec.errors import SubjectError
from rmqm_spec.evaluation.group import column_key
from rmqm_spec.evaluation.meters import Meters
from rmqm_spec.measures.input_agreement import MOST_VALUES, NeighbourAgreement, sketch
from rmqm_spec.measures.named import measure_named

IMAGES = np.random.default_rng(0).uniform(0.2, 0.8, (30, 5)).astype(np.float32)


def test_measures_of_unaltered_encodings_keep_them_once():
    measures = [measure_named(name) for name in ("rankme", "nesum", "two-nn", "rankme@3")]
    meters = Meters(measures, 30, 4, ["an input"] * 30)
    meters.look(IMAGES)
    meters.update(IMAGES[:, None].repeat(5, axis=1))
    assert list(meters.columns()) == [column_key(keeper(measures[0]), "encodings")]


def test_measures_that_share_a_name_must_keep_the_same_columns():
    class Other(NeighbourAgreement):
        name = "other"
        keeps = "unaltered"
        kept = (Column(name="something"),)

    with pytest.raises(SubjectError, match="other columns than those of rankme") as caught:
        Meters([measure_named("rankme"), Other()], 3, 4, ["an input"] * 3)
    assert caught.value.code == "MEA002"


def test_only_measures_that_need_inputs_look_at_them():
    agreement = measure_named("neighbour-agreement")
    measured = evaluate(
        lambda inputs: inputs, IMAGES, alteration=WhiteNoise(n_levels=3), measures=[agreement]
    ).measured
    columns = measured["neighbour-agreement"].columns
    np.testing.assert_array_equal(columns["inputs"], columns["encodings"].astype(np.float32))


def agreement_by_loops(inputs, encodings):
    unit = [row / np.sqrt(sum(value * value for value in row)) for row in encodings]
    total = 0.0
    for first in range(len(inputs)):
        near = []
        for rows in (inputs, unit):
            distances = sorted(
                (float(np.sum((rows[first] - rows[other]) ** 2)), other)
                for other in range(len(rows))
                if other != first
            )
            near.append({other for _, other in distances[:10]})
        total += len(near[0] & near[1]) / 10
    return total / len(inputs)


def test_neighbour_agreement_is_what_loops_count():
    weights = np.random.default_rng(1).standard_normal((5, 3))
    agreement = measure_named("neighbour-agreement")
    measured = evaluate(
        lambda x: x @ weights, IMAGES, alteration=WhiteNoise(n_levels=2), measures=[agreement]
    ).measured
    columns = measured["neighbour-agreement"].columns
    expected = agreement_by_loops(
        columns["inputs"].astype(float), columns["encodings"].astype(float)
    )
    summary = measured["neighbour-agreement"].summary
    assert summary.value == pytest.approx(expected)
    assert summary.details["chance"] == pytest.approx(10 / 29)


def test_too_few_inputs_and_zero_encodings_have_no_agreement():
    agreement = measure_named("neighbour-agreement")
    few = {"inputs": IMAGES[:11], "encodings": IMAGES[:11]}
    assert agreement.summarise(few).status == "too-few-inputs"
    zero = {"inputs": IMAGES, "encodings": np.zeros_like(IMAGES)}
    assert agreement.summarise(zero).status == "all-zero"


def test_a_sketch_keeps_distances():
    inputs = np.random.default_rng(2).standard_normal((12, 3, 60, 60))
    kept = sketch(inputs).astype(float)
    assert kept.shape == (12, MOST_VALUES)
    first, second = np.triu_indices(12, 1)
    exact = np.linalg.norm((inputs[first] - inputs[second]).reshape(66, -1), axis=1)
    ratios = np.linalg.norm(kept[first] - kept[second], axis=1) / exact
    assert abs(ratios - 1).max() < 0.06
    assert abs(ratios.mean() - 1) < 0.01


def test_the_interval_of_the_agreement_covers():
    random = np.random.default_rng(3)
    weights = random.standard_normal((6, 2))
    agreement = measure_named("neighbour-agreement")

    def drawn():
        inputs = random.standard_normal((150, 6)) + 4
        return agreement.summarise({"inputs": inputs, "encodings": inputs @ weights})

    truth = np.mean([drawn().value for _ in range(300)])
    inside = [low <= truth <= high for low, high in (drawn().interval for _ in range(100))]
    assert np.mean(inside) >= 0.9

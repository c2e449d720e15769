"""What made the difference of two scores: parts that add up, and the inputs and levels at fault."""

import json

import numpy as np
import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ttest_rel

from rmqm_spec import WhiteNoise, characterize, evaluate
from rmqm_spec.differences import difference_document
from rmqm_spec.results.document import result_document
from rmqm_spec.results.files import write_result
from rmqm_spec.results.stored import StoredResult, read_result

RNG = np.random.default_rng(0)
IMAGES = RNG.random((9, 8))
WEIGHTS = {name: RNG.normal(size=(8, 5)) for name in "AB"}
PARAMETERS = [("paper", 6), ("authors-2022", 6)]


def stored(path, encoder, images=IMAGES, **options):
    found = evaluate(encoder, images, **options)
    document = result_document(
        found, {}, [], data="rng", seconds=1.0, created="2026-01-01T00:00:00+00:00"
    )
    write_result(path, document, found)
    return read_result(path)


def results(folder, variant="paper", n_levels=6, **options):
    return [
        stored(
            folder / name,
            lambda x, w=weights: np.tanh(x @ w) + 0.1,
            alteration=WhiteNoise(n_levels=n_levels),
            variant=variant,
            **options,
        )
        for name, weights in WEIGHTS.items()
    ]


@pytest.mark.parametrize(("variant", "n_levels"), PARAMETERS)
def test_terms_and_levels_add_up_to_the_difference(tmp_path, variant, n_levels):
    first, second = results(tmp_path, variant, n_levels)
    found = difference_document(first, second)["difference"]
    assert found["rmqm"] == second.document["rmqm"] - first.document["rmqm"] != 0
    assert sum(term["part"] for term in found["terms"]) == pytest.approx(found["rmqm"], rel=1e-12)
    assert sum(found["levels"]) == pytest.approx(found["rmqm"], rel=1e-9)
    assert found["unassigned"] == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(("variant", "n_levels"), PARAMETERS)
def test_the_terms_are_those_of_the_exponential(tmp_path, variant, n_levels):
    first, second = results(tmp_path, variant, n_levels)
    found = difference_document(first, second)["difference"]
    for side, result in (("first", first), ("second", second)):
        total = 1 + sum(term[side] for term in found["terms"])
        assert np.log(total) == pytest.approx(result.document["rmqm"], rel=1e-12)


def test_the_interval_is_that_of_a_paired_test(tmp_path):
    first, second = results(tmp_path)
    found = difference_document(first, second)["difference"]
    contributions = [one.characteristics().per_input.contribution for one in (second, first)]
    expected = ttest_rel(*contributions).confidence_interval(0.95)
    assert found["interval"] == pytest.approx([expected.low, expected.high], rel=1e-9)


@given(seed=st.integers(0, 2**32 - 1), n=st.integers(2, 6), n_levels=st.integers(3, 8))
@settings(max_examples=30, deadline=None)
def test_turning_two_results_round_turns_every_sign(seed, n, n_levels):
    rng = np.random.default_rng(seed)
    first, second = (in_memory(rng.uniform(0.1, 1.0, (2, n, n_levels))) for _ in range(2))
    one = difference_document(first, second, top=n)["difference"]
    other = difference_document(second, first, top=n)["difference"]
    assert one["rmqm"] == -other["rmqm"]
    np.testing.assert_allclose(one["levels"], -np.array(other["levels"]), atol=1e-12)
    assert [i["change"] for i in one["inputs"]] == [-i["change"] for i in other["inputs"]]


@given(seed=st.integers(0, 2**32 - 1), level=st.integers(3, 7))
@settings(max_examples=30, deadline=None)
def test_levels_where_nothing_changed_add_nothing(seed, level):
    """D_RC and P_RC compare a level with the one before, so that a change reaches two levels."""
    rng = np.random.default_rng(seed)
    distances = rng.uniform(0.1, 1.0, (2, 4, 8))
    changed = distances.copy()
    changed[:, :, level - 1] *= 0.9
    found = difference_document(in_memory(distances), in_memory(changed))["difference"]
    touched = np.flatnonzero(np.abs(found["levels"]) > 1e-12) + 1
    assert set(touched) <= {level, level + 1}
    assert level in touched


def test_undefined_terms_are_told_apart_from_the_levels():
    distances = np.random.default_rng(0).uniform(0.1, 1.0, (2, 60, 4))
    holed = distances.copy()
    holed[0, 0, 2] = 0.0  # one undefined term of 240: tolerated
    found = difference_document(in_memory(distances), in_memory(holed))["difference"]
    assert abs(found["unassigned"]) > 1e-6
    assert sum(found["levels"]) + found["unassigned"] == pytest.approx(found["rmqm"], rel=1e-9)


def test_the_input_that_moved_is_named_first(tmp_path):
    first = results(tmp_path)[0]
    step_lengths = first.step_lengths.copy()
    step_lengths[4, ::2] *= 1.2
    found = difference_document(first, changed(first, step_lengths=step_lengths))
    moved = found["difference"]["inputs"][0]
    assert (moved["id"], moved["name"]) == (first.ids[4], first.names[4])
    assert found["distances"]["inputs_changed"] == 1


def test_the_same_result_is_the_same(tmp_path):
    first = results(tmp_path)[0]
    found = difference_document(first, first)
    assert (found["same"], found["comparable"], found["recomputed"]) == (True, True, None)
    assert found["difference"]["rmqm"] == 0


def test_the_same_distances_with_another_number_are_not_the_same(tmp_path):
    first = results(tmp_path)[0]
    other = evolve(first, document={**first.document, "rmqm": 3.0})
    found = difference_document(first, other)
    assert (found["same"], found["distances"]["inputs_changed"]) == (False, 0)


def test_unlike_protocols_are_named_and_not_subtracted(tmp_path):
    first, second = results(tmp_path / "1")[0], results(tmp_path / "2", n_levels=7)[0]
    found = difference_document(first, second, recompute=True)
    assert found["protocol"] == [{"name": "alteration.J", "first": 6, "second": 7}]
    assert (found["comparable"], found["recomputable"], found["difference"]) == (False, False, None)


def test_another_variant_is_computed_again_when_asked(tmp_path):
    first = results(tmp_path / "1")[0]
    second = results(tmp_path / "2", variant="authors-2022", resolution=1e-3)[1]
    asked = difference_document(first, second)
    assert (asked["comparable"], asked["recomputable"], asked["difference"]) == (False, True, None)
    found = difference_document(first, second, recompute=True)
    assert found["recomputed"] == {"variant": "paper", "resolution": 1e-3, "inputs": 9}
    again = characterize(second.displacements, second.step_lengths, resolution=1e-3)
    assert found["scores"][1]["rmqm"] == again.rmqm
    assert found["difference"]["rmqm"] == again.rmqm - found["scores"][0]["rmqm"]


def test_shared_inputs_are_compared_when_asked(tmp_path):
    first = results(tmp_path / "1", images=IMAGES[:7])[0]
    second = results(tmp_path / "2", images=IMAGES[2:])[1]
    asked = difference_document(first, second)
    assert (asked["comparable"], asked["recomputable"]) == (False, True)
    assert [len(asked["inputs"][k]) for k in ("only_first", "only_second")] == [2, 2]
    found = difference_document(first, second, recompute=True)
    rows = [row for row, one in enumerate(second.ids) if one in first.ids]
    again = characterize(second.displacements[rows], second.step_lengths[rows])
    assert found["scores"][1]["rmqm"] == again.rmqm
    assert found["recomputed"]["inputs"] == len(rows) == 5


def test_inputs_without_any_in_common_do_not_compare(tmp_path):
    first = results(tmp_path / "1", images=IMAGES[:4])[0]
    second = results(tmp_path / "2", images=IMAGES[4:])[0]
    assert not difference_document(first, second, recompute=True)["comparable"]


def test_an_undefined_score_has_no_difference(tmp_path):
    first = results(tmp_path / "1")[0]
    still = stored(
        tmp_path / "still",
        lambda x: np.ones((len(x), 2)),
        alteration=WhiteNoise(n_levels=6),
    )
    found = difference_document(first, still)
    assert (found["comparable"], found["difference"]) == (True, None)
    assert found["scores"][1]["status"] == "collapsed"


def test_different_providers_are_said_and_still_subtracted(tmp_path):
    sides = [
        evolve(result, document={**result.document, "runtime": runtime})
        for result, runtime in zip(
            results(tmp_path),
            ({"provider": "cpu"}, {"provider": "openvino", "cpu_deviation": 3e-7}),
            strict=True,
        )
    ]
    found = difference_document(*sides)
    assert found["comparable"]
    assert found["difference"]["rmqm"] != 0
    (finding,) = found["findings"]
    assert finding["code"] == "PRV004"
    assert finding["message"].startswith(
        "results come from different providers (cpu: A; openvino: B)"
    )
    assert difference_document(sides[0], sides[0])["findings"] == []


def test_sections_other_than_the_protocol_are_named(tmp_path):
    first = results(tmp_path)[0]
    document = json.loads(json.dumps(first.document))
    document["versions"]["numpy"] = "0.1"
    document["runtime"] = {"provider": "cuda", "encodings_per_second": 3.0}
    found = difference_document(first, evolve(first, document=document))
    assert found["runtime"] == [{"name": "provider", "first": None, "second": "cuda"}]
    assert [one["name"] for one in found["versions"]] == ["numpy"]
    assert found["same"]


def changed(result, **values):
    return evolve(result, **values)


def in_memory(distances):
    d, s = distances
    found = characterize(d, s)
    document = {
        "rmqm": found.rmqm,
        "interval": list(found.interval),
        "status": found.status,
        "components": {},
        "weighted_rmqm": found.weighted_rmqm,
        "curves": {},
        "protocol": {"variant": "paper", "resolution": 1e-12},
        "protocol_sha256": "",
        "result_sha256": "",
    }
    names = tuple(f"input {row:02d}" for row in range(len(d)))
    return StoredResult(
        path="none", document=document, ids=names, names=names, displacements=d, step_lengths=s
    )

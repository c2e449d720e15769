"""Stored results become a ranking only where they measured the same thing."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from attrs import evolve

from rmqm_spec import PGD, WhiteNoise, evaluate
from rmqm_spec.errors import UsageError
from rmqm_spec.ranking import rank_results, ranking_document
from rmqm_spec.results.document import result_document
from rmqm_spec.results.files import write_result
from rmqm_spec.results.stored import read_result

IMAGES = np.random.default_rng(0).random((12, 8))


def stored(folder, encoder, images=IMAGES, geometry=None, **settings):
    settings = {"alteration": WhiteNoise(n_levels=4)} | settings
    found = evaluate(encoder, images, **settings)
    encoder = {"geometry": geometry or {"shape": [8]}}
    document = result_document(
        found, encoder, [], data="eye", seconds=1.0, created="2026-01-01T00:00:00+00:00"
    )
    write_result(folder, document, found)
    return read_result(folder)


def squares(x):
    return x**2 + 0.01


def products(x):
    return x[:, :4] * x[:, 4:] + 0.1


@pytest.fixture
def two(tmp_path):
    return {
        "squares": stored(tmp_path / "a", squares),
        "products": stored(tmp_path / "b", products),
    }


def test_a_ranking_of_results_is_that_of_their_encoders(two):
    ranking, findings = rank_results(two)
    assert findings == []
    assert {one.name: one.rmqm for one in ranking.ranked} == {
        name: one.document["rmqm"] for name, one in two.items()
    }


def test_inputs_are_paired_by_their_ids_not_by_their_rows(two):
    mixed = np.random.default_rng(1).permutation(12)
    one = two["products"]
    other = evolve(
        one,
        ids=tuple(one.ids[k] for k in mixed),
        displacements=one.displacements[mixed],
        step_lengths=one.step_lengths[mixed],
    )
    assert rank_results(two)[0].pairs == rank_results({**two, "products": other})[0].pairs


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"alteration": WhiteNoise(n_levels=5)}, "alteration.J is 4 against 5"),
        ({"alteration": WhiteNoise(n_levels=4, seed=1)}, "alteration.seed is 0 against 1"),
        ({"variant": "authors-2022"}, "variant is 'paper' against 'authors-2022'"),
        ({"images": IMAGES[:11]}, "set of inputs is "),
    ],
)
def test_another_protocol_or_other_inputs_are_refused_by_name(two, tmp_path, settings, named):
    other = stored(tmp_path / "c", products, **settings)
    with pytest.raises(UsageError) as caught:
        rank_results({**two, "other": other})
    assert caught.value.code == "CMP001"
    assert named in caught.value.message
    assert "other" in caught.value.message


def test_pgd_is_never_ranked(two, tmp_path):
    class Differentiable:
        def encode(self, x):
            return squares(x)

        def vjp(self, x):
            return squares(x), lambda cotangent: 2 * x * cotangent

    pgd = stored(tmp_path / "p", Differentiable(), alteration=PGD(n_levels=4))
    with pytest.raises(UsageError) as caught:
        rank_results({"one": pgd, "other": pgd})
    assert caught.value.code == "GRA016"


def test_another_geometry_is_ranked_and_said(two, tmp_path):
    other = stored(tmp_path / "c", products, geometry={"shape": [3, 2, 4], "resize": 9})
    ranking, (finding,) = rank_results({**two, "other": other})
    assert len(ranking.ranked) == 3
    assert (finding.code, finding.level) == ("RNK001", "warn")
    assert "8, resize none: squares, products" in finding.message
    assert "3x2x4, resize 9: other" in finding.message


def test_the_coarsest_resolution_counts_for_all(two, tmp_path):
    half = stored(tmp_path / "h", lambda x: products(x).astype(np.float16))
    ranking, (finding,) = rank_results({**two, "half": half})
    assert finding.code == "RNK002"
    assert "squares, products" in finding.message
    assert "0.001" in finding.message
    other = {one.name: one for one in ranking.ranked}["squares"]
    assert other.rmqm == pytest.approx(two["squares"].document["rmqm"], abs=0.01)


def test_inputs_of_some_encoders_only_are_left_out_of_all_where_that_is_allowed(two, tmp_path):
    fewer = stored(tmp_path / "f", squares, images=IMAGES[:9])
    ranking, (finding,) = rank_results({**two, "fewer": fewer}, on_common_inputs=True)
    assert finding.code == "RNK003"
    assert "9 inputs are common" in finding.message
    by_name = {one.name: one.rmqm for one in ranking.ranked}
    assert by_name["fewer"] == by_name["squares"] == fewer.document["rmqm"]
    apart = stored(tmp_path / "n", squares, images=IMAGES[:9] / 2)
    with pytest.raises(UsageError) as caught:
        rank_results({**two, "apart": apart}, on_common_inputs=True)
    assert caught.value.code == "CMP002"


def test_the_document_is_what_its_schema_says(two, tmp_path):
    import jsonschema

    import rmqm_spec

    still = stored(tmp_path / "s", lambda x: np.ones((len(x), 3)))
    results = {**two, "still": still}
    ranking, findings = rank_results(results)
    document = ranking_document(ranking, results, findings)
    path = Path(rmqm_spec.__file__).with_name("documents") / "schemas" / "rank.schema.json"
    jsonschema.Draft202012Validator(json.loads(path.read_text())).validate(
        {"ok": False, **document}
    )
    assert [one["name"] for one in document["ranked"]] == [one.name for one in ranking.ranked]
    assert document["unranked"][0]["status"] == "collapsed"
    assert document["rmqm"] == ranking.ranked[0].rmqm
    json.dumps(document, allow_nan=False)


@pytest.mark.parametrize("code", ["OUT006", "OUT008", "ENC007"])
def test_class_scores_beside_encodings_are_warned_of(two, code):
    finding = {"code": code, "level": "warn", "message": "scores", "fix": "Take another."}
    classifier = evolve(two["squares"], document={**two["squares"].document, "findings": [finding]})
    (warning,) = rank_results({**two, "squares": classifier})[1]
    assert warning.code == "RNK005"
    assert warning.message.startswith("squares gives class scores, the others encodings")
    both = {name: evolve(result, document=classifier.document) for name, result in two.items()}
    assert [finding.code for finding in rank_results(both)[1]] == []


def on(result, provider, **runtime):
    """Say that a result was made on a provider."""
    return evolve(
        result, document={**result.document, "runtime": {"provider": provider, **runtime}}
    )


def test_results_from_different_providers_are_ranked_and_the_deviation_is_said(two):
    results = {
        "squares": on(two["squares"], "cpu"),
        "products": on(two["products"], "cuda", cpu_deviation=2e-6),
    }
    ranking, (finding,) = rank_results(results)
    assert len(ranking.ranked) == 2
    assert (finding.code, finding.level, finding.message) == (
        "PRV004",
        "warn",
        (
            "results come from different providers (cpu: squares; cuda: products); unit encodings "
            "on cuda were up to 2.0e-06 from the CPU's"
        ),
    )


def test_the_remedy_of_different_providers_is_one_provider(two):
    same = {name: on(result, "cuda") for name, result in two.items()}
    assert rank_results(same)[1] == []
    function = {**same, "squares": two["squares"]}  # a function of Python has no provider
    assert rank_results(function)[1] == []


def test_an_older_result_has_no_deviation(two):
    results = {"squares": on(two["squares"], "cpu"), "products": on(two["products"], "cuda")}
    (finding,) = rank_results(results)[1]
    assert finding.message.endswith("how far cuda is from the CPU was not measured")

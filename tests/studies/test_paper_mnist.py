"""The statistics of the paper's protocol, on made-up encoders of which the answers are known."""

import itertools
import json

import numpy as np
import pytest
from scipy.stats import pearsonr

from studies.analysis.zoo_table import read_table
from studies.measuring.table import ResultTable
from studies.paper_mnist.curves import read_curves, write_curves
from studies.paper_mnist.design import METHODS, OPTIMISERS, SIZES, design
from studies.paper_mnist.judging import judged
from studies.paper_mnist.measuring import curves_file
from studies.paper_mnist.page import write_page
from studies.paper_mnist.paper import TABLE_1
from studies.paper_mnist.pooled import (
    ablation,
    fitted_weights,
    normalised_accuracy,
    pooled_interval,
    pooled_r,
    weighted_score,
)

TASKS = ("kmnist", "fashion", "omniglot", "mnist")


def zoo(folder, untrained=True):
    """Write made-up results: D is that of Table 1, accuracy follows RMQM with a little noise."""
    random = np.random.default_rng(0)
    table = ResultTable(folder / "encoders.csv")
    for recipe in design():
        if recipe.method == "untrained" and not untrained:
            continue
        d = TABLE_1.get(recipe.method, {"noise": (0.2, 0.05), "pgd": (0.3, 0.05)})
        row = {
            "architecture": "lenet",
            "method": recipe.method,
            "size": recipe.size,
            "seed": recipe.seed,
            "seen": recipe.seen,
            "optimiser": recipe.optimiser,
            "parameters": 10,
            "loss": None,
        }
        for variant, alteration in itertools.product(("paper", "authors-2022"), ("noise", "pgd")):
            name = f"{variant}_{alteration}"
            row[f"{name}_D"] = d[alteration][0] + 0.01 * random.standard_normal()
            row[f"{name}_D_RC"] = 0.2 + 0.02 * random.random()
            row[f"{name}_P_RC"] = 0.3 + 0.02 * random.random()
            row[f"{name}_rmqm"] = np.log1p(
                row[f"{name}_D"] + 1 / row[f"{name}_D_RC"] + 1 / row[f"{name}_P_RC"]
            )
        row["rmqm"] = row["paper_noise_rmqm"]
        for task in TASKS:
            row[f"{task}_1nn"] = 0.2 * row["rmqm"] + 0.001 * random.standard_normal()
            row[f"{task}_probe"] = 0.2 * row["rmqm"] + 0.001 * random.standard_normal()
        table.add(recipe.name, row)
    return folder


def test_the_design_is_the_papers():
    trained = [recipe for recipe in design() if recipe.method != "untrained"]
    assert len(trained) == len(METHODS) * len(SIZES) * len(OPTIMISERS) == 60
    assert {recipe.seen for recipe in trained} == {420_000}
    assert sorted(SIZES) == [16, 32, 64, 128, 256, 512]


def test_the_pooled_correlation_is_that_of_all_pairs():
    random = np.random.default_rng(1)
    score, accuracy = random.standard_normal(20), random.random((20, 3))
    pairs = [(score[k], accuracy[k, t]) for k in range(20) for t in range(3)]
    assert pooled_r(score, accuracy) == pytest.approx(pearsonr(*zip(*pairs, strict=True)).statistic)
    assert np.isnan(pooled_r(np.ones(20), accuracy))


def test_tasks_of_one_encoder_stay_together_in_the_bootstrap():
    random = np.random.default_rng(2)
    score = random.standard_normal(40)
    accuracy = np.repeat((score + random.standard_normal(40))[:, None], 30, axis=1)
    low, high = pooled_interval(score, accuracy)
    once = pooled_interval(score, accuracy[:, :1])
    assert (low, high) == pytest.approx(once)
    assert low < pooled_r(score, accuracy) < high


def test_the_bootstrap_draws_encoders_with_replacement():
    random = np.random.default_rng(5)
    score, accuracy = random.standard_normal(25), random.random((25, 2))
    draws = np.random.default_rng(0).integers(25, size=(2_000, 25))
    expected = np.quantile([pooled_r(score[row], accuracy[row]) for row in draws], [0.025, 0.975])
    assert pooled_interval(score, accuracy) == pytest.approx(tuple(expected))


def test_accuracy_is_divided_by_the_best_of_the_task(tmp_path):
    table = read_table(zoo(tmp_path) / "encoders.csv")
    accuracy = normalised_accuracy(table, ["kmnist_1nn", "omniglot_1nn"])
    assert accuracy.max(axis=0).tolist() == [1.0, 1.0]
    best = table.columns["kmnist_1nn"].max()
    assert accuracy[3, 0] == pytest.approx(table.columns["kmnist_1nn"][3] / best)


def test_all_seven_subsets_of_terms_are_ablated():
    random = np.random.default_rng(3)
    terms = random.random((50, 3)) * [1, 5, 3]
    accuracy = weighted_score(terms, [0, 1, 1])[:, None]
    found = ablation(terms, accuracy)
    assert len(found) == 7
    assert found["1/D_RC + 1/P_RC"] == pytest.approx(1)
    assert found["D"] == pytest.approx(pearsonr(np.log1p(terms[:, 0]), accuracy[:, 0]).statistic)


def test_weights_that_made_the_accuracy_are_recovered():
    random = np.random.default_rng(4)
    terms = random.random((60, 3)) * [1, 5, 3]
    truth = (0.95, 0.74, 0.11)
    weights = fitted_weights(terms, weighted_score(terms, truth)[:, None])
    assert weights == pytest.approx(truth, rel=0.05)


def test_judged_finds_what_was_made_up(tmp_path):
    found = judged(read_table(zoo(tmp_path) / "encoders.csv"))
    assert (found["trained"], found["untrained"]) == (60, 18)
    noise = [entry for entry in found["characteristics"] if entry["alteration"] == "noise"]
    assert all(entry["agrees"] for entry in noise if "agrees" in entry)
    (untrained,) = [e for e in noise if e["method"] == "untrained" and e["variant"] == "paper"]
    assert untrained["D"] == pytest.approx([0.2, 0.01], abs=0.01)
    assert "paper_D" not in untrained
    pooled = {(e["encoders"], e["variant"], e["kind"], e["tasks"]): e for e in found["pooled"]}
    assert pooled["trained", "paper", "neighbours", "paper"]["r"] > 0.9
    within = {entry["measure"]: entry for entry in found["within_task"]}
    assert within["rmqm"]["1nn"]["mean"] > 0.9
    assert set(within["rmqm"]["1nn"]) >= {"adam", "sgd", "within_size", "own_domain"}
    assert len(found["weights"]) == 4
    (alone,) = found["rank_sums"]
    assert alone["measures"] == ["rmqm"]
    assert alone["1nn"]["mean"] == pytest.approx(within["rmqm"]["1nn"]["mean"])
    assert alone["1nn"]["interval"] == pytest.approx(within["rmqm"]["1nn"]["interval"])
    json.dumps(found, allow_nan=False)


def test_ranks_are_added_with_their_signs(tmp_path):
    table = read_table(zoo(tmp_path) / "encoders.csv")
    score = table.columns["rmqm"]
    table.columns.update({"rankme": score**3, "coding-rate": np.exp(score)})
    table.columns.update({"relative-displacement:at-0.5": -score, "neighbour-agreement": score})
    rank_sums = judged(table)["rank_sums"]
    assert len(rank_sums) == 5
    means = {round(entry["probe"]["mean"], 9) for entry in rank_sums}
    assert len(means) == 1


def keep_curves(recipes, work):
    levels = np.arange(1, 6) / 5
    for recipe in recipes:
        path = curves_file(work, recipe)
        path.parent.mkdir(parents=True, exist_ok=True)
        distances = {f"{name}_displacement": levels for name in ("noise", "pgd")}
        np.savez(path, **distances, noise_change=1 / (1 + levels), pgd_change=1 / (1 + levels))


def test_curves_measured_in_another_folder_stay(tmp_path):
    here, there = [r for r in design() if r.size == 16], [r for r in design() if r.size == 32]
    keep_curves(here, tmp_path / "here")
    keep_curves(there, tmp_path / "there")
    write_curves(design(), tmp_path / "here", tmp_path)
    write_curves(design(), tmp_path / "there", tmp_path)
    curves = read_curves(tmp_path / "pgd_change.csv")
    assert set(curves) == {recipe.name for recipe in (*here, *there)}
    assert curves[here[0].name] == pytest.approx(1 / (1 + np.arange(1, 6) / 5), rel=1e-4)


def test_the_page_and_its_figures_have_the_same_bytes_each_time(tmp_path):
    folder = zoo(tmp_path / "results")
    keep_curves(design(), tmp_path)
    write_curves(design(), tmp_path, folder)
    write_page(folder)
    first = {path.name: path.read_bytes() for path in folder.iterdir()}
    write_page(folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == first
    page = (folder / "analysis.md").read_text()
    assert sum(name.endswith(".svg") and f"({name})" in page for name in first) == 5
    assert "| cross-entropy | noise | paper | 0.33 ± 0.01 | 0.33 ± 0.15 (agrees) |" in page

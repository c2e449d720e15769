"""The study of rotation: images, invariance, tasks and statistics, on cases with known answers."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from studies.analysis.zoo_table import read_table
from studies.measuring.table import ResultTable
from studies.nnk.rotation.design import METHODS, design
from studies.nnk.rotation.images import RotationImages, quarters, rotated
from studies.nnk.rotation.invariance import (
    ANGLES,
    Polytopes,
    displacements,
    invariance,
    unrelated_diameters,
)
from studies.nnk.rotation.judging import MEASURES, draws_of_methods, summary
from studies.nnk.rotation.page import write_results
from studies.nnk.rotation.sentences import findings
from studies.nnk.rotation.tasks import TASKS, accuracies, angular_error, on_circle
from studies.training.circle import in_circle

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "studies/nnk/results"
SIDE = 28


def blobs(n):
    """Draw a dark disc left of the centre, as bright as its class: it shows class and angle."""
    labels = np.arange(n) % 10
    rows, columns = np.mgrid[:SIDE, :SIDE]
    disc = np.hypot(rows - 13.5, columns - 7.5) < 4
    return (disc * (50 + 20 * labels[:, None, None])).astype(np.uint8), labels.astype(np.uint8)


@pytest.fixture
def data(tmp_path):
    images, labels = blobs(5_000)
    images[:, 13, 13] = np.arange(5_000) % 251
    images[:, 14, 14] = np.arange(5_000) // 251
    np.savez(
        tmp_path / "fashion_mnist_core.npz",
        train_images=np.full((20, SIDE, SIDE), 255, np.uint8),
        train_labels=np.arange(20) % 10,
        test_images=images,
        test_labels=labels,
    )
    return tmp_path


def test_no_image_has_two_roles_and_all_are_in_the_circle(data):
    images = RotationImages(data)
    parts = [part().images for part in (images.measured, images.trained, images.judged)]
    assert [len(part) for part in parts] == [300, 2_000, 2_000]
    seen = {(image[13, 13], image[14, 14]) for part in parts for image in part}
    assert len(seen) == 4_300
    with np.load(images.training_file(data / "work")) as arrays:
        assert (arrays["train_images"] == 255 * in_circle(SIDE)).all()
    assert in_circle(SIDE).sum() == pytest.approx(np.pi * (SIDE / 2) ** 2, rel=0.02)


def test_quarters_of_a_turn_move_pixels_and_change_none():
    random = np.random.default_rng(0)
    images = random.integers(256, size=(4, SIDE, SIDE), dtype=np.uint8) * in_circle(SIDE)
    turned = rotated(images, np.array([0.0, 90.0, 180.0, 270.0]))
    for number, image in enumerate(turned):
        np.testing.assert_array_equal(image, np.rot90(images[number], number))
    assert np.bincount(quarters(22, 0)).tolist() == [6, 6, 5, 5]


def on_cone(angles, height=1.0):
    """Encode views as a rotation of the encoding: cosine, sine, and what does not turn."""
    return np.column_stack([on_circle(angles), np.full(len(angles), height)])


def test_of_a_cone_the_neighbours_are_the_two_views_beside_and_the_diameter_their_distance():
    views = np.stack([on_cone(ANGLES, height) * 3 for height in (0.0, 1.0)])
    found = Polytopes.of(views)
    widths = found.diameters
    assert (found.counts == 2).all()
    # By symmetry both have half of the weight.
    beside = np.roll(np.eye(24), 1, axis=1) + np.roll(np.eye(24), -1, axis=1)
    np.testing.assert_allclose(found.shares, np.stack([beside, beside]) / 2, atol=1e-9)
    chord = 2 * np.sin(np.radians(15))  # of 30 degrees
    np.testing.assert_allclose(widths[0], chord, atol=1e-9)
    np.testing.assert_allclose(widths[1], chord / np.sqrt(2), atol=1e-9)
    expected = 2 * np.sin(np.radians(ANGLES[1:] / 2))
    np.testing.assert_allclose(displacements(views)[1], expected / np.sqrt(2), atol=1e-12)


def test_an_invariant_encoder_has_diameter_and_displacement_zero():
    each = np.random.default_rng(0).standard_normal((6, 1, 5))
    means, curve = invariance(np.repeat(each, len(ANGLES), axis=1))
    for name in ("diameter", "diameter-any", "diameter-45", "displacement", "relative-diameter"):
        assert means[name].value == pytest.approx(0, abs=1e-9), name
    assert [curve[f"displacement:{a:.0f}"] for a in ANGLES[1:]] == pytest.approx([0] * 23)
    assert means["diameter-unrelated"].value > 0.1


def test_coarser_views_and_relative_values_and_intervals_are_what_loops_give():
    random = np.random.default_rng(1)
    scales = random.uniform(0.5, 2, 5)
    views = np.stack([on_cone(ANGLES, scale) for scale in scales])
    views = np.concatenate([views, np.tile(random.standard_normal((5, 1, 4)), (1, 24, 1))], axis=2)
    means, curve = invariance(views)
    unit = views / np.linalg.norm(views, axis=2, keepdims=True)
    apart = np.mean([np.linalg.norm(unit[a, 0] - unit[b, 0]) for a in range(5) for b in range(a)])
    diameters = np.array([np.linalg.norm(each[3] - each[-3]) for each in unit])
    moved = np.array([[np.linalg.norm(v - each[0]) for v in each[1:]] for each in unit])
    assert means["diameter-45"].value == pytest.approx(diameters.mean())
    half = 1.959964 * diameters.std(ddof=1) / np.sqrt(5)
    assert means["diameter-45"].high - means["diameter-45"].value == pytest.approx(half)
    assert means["displacement"].value == pytest.approx(moved.mean())
    assert means["relative-displacement"].value == pytest.approx(moved.mean() / apart)
    assert means["relative-diameter"].value == pytest.approx(means["diameter"].value / apart)
    assert curve["displacement:345"] == pytest.approx(moved[:, -1].mean())
    shares = [curve[f"share:{angle:.0f}"] for angle in ANGLES[1:]]
    assert shares == pytest.approx([0.5, *[0] * 21, 0.5])
    assert len(curve) == 2 * 23


def test_no_row_is_its_own_candidate():
    # Copies of the row itself would be its only neighbours, with diameter 0.
    rows = np.eye(6)
    assert unrelated_diameters(rows, 5) == pytest.approx(np.full(6, np.sqrt(2)))


def test_angles_are_compared_around_the_circle():
    degrees = np.array([1.0, 359.0, 180.0])
    assert angular_error(on_circle(degrees) * 7, degrees) == 0
    assert angular_error(on_circle(degrees + 350), degrees) == pytest.approx(10)
    assert angular_error(on_circle(degrees + 180), degrees) == pytest.approx(180)


def test_who_knows_only_the_class_fails_at_angles_and_the_other_way_round(data):
    images = RotationImages(data, n_trained=200, n_judged=200)
    rows, columns = np.mgrid[:SIDE, :SIDE] - 13.5

    def of_class(given):
        brightest = np.quantile(given.reshape(len(given), -1), 0.99, axis=1)
        number = np.clip(np.rint((brightest - 50) / 20), 0, 9).astype(int)
        return np.eye(10)[number] + 0.01

    def of_angle(given):
        total = given.sum(axis=(1, 2))
        return np.stack(
            [(given * axis).sum(axis=(1, 2)) / total for axis in (rows, columns)], axis=1
        )

    def of_class_if_upright(given):
        row, column = of_angle(given).T
        upright = (np.abs(row) < 1) & (column < -5)
        return np.where(upright[:, None], of_class(given), 0.01 + np.eye(10)[0])

    knows_class, knows_angle, knows_if_upright = (
        accuracies(encode, images) for encode in (of_class, of_angle, of_class_if_upright)
    )
    for probe in ("ridge", "nnk"):
        assert knows_class[f"class_{probe}"] == 1
        assert knows_class[f"class-turned_{probe}"] > 0.9
        assert knows_if_upright[f"class_{probe}"] == 1
        assert knows_if_upright[f"class-turned_{probe}"] < 0.5
        assert knows_class[f"quarter_{probe}"] < 0.4
        assert knows_class[f"angle_{probe}"] > 75
        assert knows_angle[f"class_{probe}"] < 0.3
        assert knows_angle[f"quarter_{probe}"] == 1
        assert knows_angle[f"angle_{probe}"] < 5
    assert knows_class.keys() == {f"{task}_{probe}" for task in TASKS for probe in ("ridge", "nnk")}


def test_draws_take_all_seeds_of_a_method_together():
    methods = np.array(["b", "a", "b", "a", "c", "c"])
    for rows in draws_of_methods(methods, 50):
        assert len(rows) == 6
        counts = np.bincount(rows, minlength=6)
        for method in "abc":
            assert len(set(counts[methods == method])) == 1


def made_up(path, values):
    """Write a table with, by method, the diameter and the values of the two headline tasks."""
    table = ResultTable(path)
    for method, (diameter, of_class, of_quarter) in values.items():
        for seed in range(2):
            measures = dict.fromkeys(MEASURES, 1.0 + seed)
            targets = {f"{task}_{probe}": 1.0 for task in TASKS for probe in ("ridge", "nnk")}
            shift = 0.001 * seed
            table.add(
                f"{method}_{seed}",
                {
                    "method": method,
                    "seed": seed,
                    "seen": 9,
                    **measures,
                    "diameter": diameter + shift,
                    "relative-diameter": 1,
                    "diameter-unrelated": 1,
                    **targets,
                    "class_ridge": of_class + shift,
                    "quarter_ridge": of_quarter + shift,
                },
            )
    return read_table(path)


def falling_and_rising(n, noise=0.0):
    random = np.random.default_rng(3)
    places = np.arange(n) / n
    shaken = places + noise * random.standard_normal((2, n))
    return {METHODS[1 + i]: (places[i], 1 - shaken[0, i], shaken[1, i]) for i in range(n)}


def test_trends_that_cross_are_seen_and_only_those(tmp_path):
    crossing = falling_and_rising(9)
    document = summary(made_up(tmp_path / "yes.csv", crossing))
    assert document["crosses"] == "yes"
    assert document["headline"]["class"]["methods"] == pytest.approx(-1)
    assert document["headline"]["quarter"]["methods"] == pytest.approx(1)
    # The displacement only tells the seeds apart, so the diameter is far ahead of it.
    assert document["over_displacement"]["class"]["difference"] > 0.7
    both_rise = {name: (one, other, other) for name, (one, _, other) in crossing.items()}
    assert summary(made_up(tmp_path / "no.csv", both_rise))["crosses"] == "no"
    weak = falling_and_rising(9, noise=0.5)
    document = summary(made_up(tmp_path / "signs.csv", weak))
    ends = [entry["interval"] for entry in document["headline"].values()]
    assert min(low * high for low, high in ends) < 0
    assert document["crosses"] == "signs"


def test_an_untrained_network_is_in_no_headline(tmp_path):
    values = falling_and_rising(4)
    alone = summary(made_up(tmp_path / "alone.csv", values))
    beside = summary(made_up(tmp_path / "beside.csv", {**values, "untrained": (9.0, 9.0, -9.0)}))
    assert alone["headline"]["class"]["rho"] == beside["headline"]["class"]["rho"]
    assert beside["headline"]["class"]["all"] > alone["headline"]["class"]["all"]
    assert (beside["encoders"], beside["trained"]) == (10, 8)
    assert any("untrained" in line for line in findings(beside))
    assert not any("untrained" in line for line in findings(alone))


def test_errors_of_angles_are_good_where_they_are_small(tmp_path):
    path = tmp_path / "angles.csv"
    made_up(path, falling_and_rising(5))
    rows = list(csv.DictReader(path.read_text().splitlines()))
    table = ResultTable(path)
    for row in rows:
        name = row.pop("encoder")
        table.add(name, {**row, "angle_ridge": 90 * (1 - float(row["diameter"]))})
    assert summary(read_table(path))["rho"]["diameter"]["angle_ridge"]["rho"] == pytest.approx(1)


def test_the_design_is_that_of_the_protocol():
    recipes = design()
    assert len(recipes) == 30
    assert {recipe.seen for recipe in recipes if recipe.method != "untrained"} == {60_000}
    assert {(recipe.method, recipe.seed) for recipe in recipes} == {
        (method, seed) for method in METHODS for seed in range(3)
    }


def test_the_committed_page_follows_from_the_committed_table(tmp_path):
    (tmp_path / "rotation.csv").write_bytes((RESULTS / "rotation.csv").read_bytes())
    write_results(tmp_path)
    stored, again = (
        json.loads((folder / "rotation.json").read_text(encoding="utf-8"))
        for folder in (RESULTS, tmp_path)
    )
    assert stored["crosses"] == again["crosses"]
    for measure, targets in stored["rho"].items():
        for target, entry in targets.items():
            new = again["rho"][measure][target]
            assert entry.pop("interval") == pytest.approx(new.pop("interval"), abs=1e-9)
            assert entry == pytest.approx(new, abs=1e-9)
    page, written = (
        (folder / "rotation.md").read_text(encoding="utf-8") for folder in (RESULTS, tmp_path)
    )
    assert page == written
    assert {recipe.name for recipe in design()} == set(read_table(RESULTS / "rotation.csv").names)


def test_the_evidence_quotes_the_study():
    page = " ".join((ROOT / "docs/evidence.md").read_text(encoding="utf-8").split())
    of = json.loads((RESULTS / "rotation.json").read_text(encoding="utf-8"))["rho"]
    rows = {
        "NNK diameter": "diameter",
        "NNK neighbours": "neighbours",
        "displacement": "displacement",
        "diameter, relative": "relative-diameter",
        "displacement, relative": "relative-displacement",
    }
    for name, measure in rows.items():
        cells = [
            f"{of[measure][f'{task}_ridge']['rho']:.2f} "
            f"[{', '.join(f'{end:.2f}' for end in of[measure][f'{task}_ridge']['interval'])}]"
            for task in TASKS
        ]
        assert f"| {' | '.join([name, *cells])} |" in page, name

"""The study of spectra: its design, inputs and statistics, on cases with known answers."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import pearsonr, rankdata, spearmanr

from rmqm_spec.contracts.autoencoder import Autoencoder
from rmqm_spec.spectra import spectrum
from studies.spectra.committed import read_table, tables_of
from studies.spectra.comparing import PRINTED, compared
from studies.spectra.design import (
    DIMENSIONS,
    EPOCHS,
    LONG,
    MIDDLE,
    SERIES,
    VARIANTS,
    Run,
    design,
    quick_design,
)
from studies.spectra.distributions import DISTRIBUTIONS, inputs_of
from studies.spectra.images import Images, read_image_sets
from studies.spectra.measuring import Measured
from studies.spectra.page import write_page
from studies.spectra.paper import LOG_VOLUME, TRACE
from studies.spectra.predictors import distances, jacobian_norms
from studies.spectra.rank_bootstrap import correlations, over_inputs, over_models, partial
from studies.spectra.tables import class_rows, model_row, regression_rows
from studies.spectra.work import Model, models_of

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "studies/spectra/results"
SOURCE = ROOT.parent / "shared/papers/004_3e06d08b35605861.txt"
MODEL = Model("l4-n02-s0-e030", Run(MIDDLE, 2, 0, EPOCHS), EPOCHS)


def test_wherever_training_stops_the_design_is_balanced():
    runs = design()
    main = [run for run in runs if run.seed == 0 and run.epochs == EPOCHS and not run.variant]
    assert runs[:57] == main
    assert [run.dimension for run in runs[:19]] == list(DIMENSIONS) == list(range(2, 21))
    assert {run.layers for run in runs[:19]} == {MIDDLE}
    assert [run.seed for run in runs[57:65]] == [1] * 4 + [2] * 4
    rest = [run for run in runs[65:] if not run.variant]
    assert all(run.epochs == LONG and run.seed == 0 for run in rest)
    series = [run for run in runs if run.variant == SERIES]
    assert sorted((run.layers, run.dimension) for run in series) == [
        (layers, n) for layers in (3, MIDDLE) for n in DIMENSIONS
    ]
    assert {run.variant for run in runs} == {"", *VARIANTS}
    assert len({run.model(run.epochs) for run in runs}) == len(runs) == 115


def test_a_long_run_keeps_the_models_of_the_short_run_of_its_network(tmp_path):
    short, long = Run(4, 8, 0, EPOCHS), Run(4, 8, 0, LONG)
    assert short.network == long.network
    assert short.checkpoints == (0, 1, 5, 30)
    assert long.checkpoints == (0, 1, 5, 30, 100, 300)
    for epoch in (0, 30, 300):
        (tmp_path / f"{long.model(epoch)}.onnx").touch()
    found = {model.epoch: model for model in models_of([short, long], tmp_path)}
    assert list(found) == [0, 30, 300]
    assert [model.is_main for model in found.values()] == [False, True, False]
    assert found[0].sets == ["drawn"]
    assert found[30].sets == ["drawn", "all", "mnist", "kmnist", "fashion", "no-images"]
    assert found[300].sets == ["drawn", "no-images"]
    assert "all" not in Model("", Run(3, 8, 0, EPOCHS), EPOCHS).sets


def test_printed_slopes_add_up_and_the_intercept_follows_from_the_shift():
    entries = [
        getattr(row, jacobian)
        for printed in (LOG_VOLUME, TRACE)
        for row in printed.values()
        for jacobian in ("latent", "input")
    ]
    assert len(entries) == 76
    for entry in entries:
        assert entry.slope + entry.slope_difference == pytest.approx(entry.test_slope, abs=0.0061)
    trace = [getattr(row, of) for row in TRACE.values() for of in ("latent", "input")]
    follows = [abs(entry.intercept + entry.test_shift / 7) < 2.5e-4 for entry in trace]
    assert sum(follows) == 37
    assert not follows[-1]  # dimension 20, J_I: its sign is missing in print


@pytest.mark.shared
@pytest.mark.skipif(not SOURCE.exists(), reason="the text of the source is not beside the project")
def test_tables_are_those_of_the_source():
    lines = [" ".join(line.split()) for line in SOURCE.read_text().splitlines()]
    for printed in (LOG_VOLUME, TRACE):
        assert list(printed) == list(DIMENSIONS)
    rows = [line for line in lines if len(line.split()) == 11 and line[0].isdigit()]
    assert len(rows) == 38
    for row, (dimension, printed) in zip(rows, [*LOG_VOLUME.items(), *TRACE.items()], strict=True):
        values = [
            getattr(part, name)
            for part in (printed.latent, printed.input)
            for name in (
                "intercept",
                "slope",
                "test_shift",
                "slope_difference",
                "test_slope",
            )
        ]
        assert [float(cell) for cell in row.split()] == [dimension, *values]


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_inputs_that_are_no_images_are_as_described(name):
    random = np.random.default_rng(3)
    test = random.random((40, 1, 28, 28), dtype=np.float32)
    train = np.zeros((30, 1, 28, 28), dtype=np.float32)
    train[:, 0, 5, 7] = 0.75
    found = inputs_of(name, 30, train, test)
    assert found.shape == (30, 1, 28, 28)
    assert found.dtype == np.float32
    assert 0 <= found.min() <= found.max() <= 1
    assert np.array_equal(found, inputs_of(name, 30, train, test))
    mean, spread = {
        "uniform": (0.5, 12**-0.5),
        "faint": (0.0798, 0.0603),
        "normal": (0.5, 0.23),
        "strong": (0.5, 0.43),
        "binary": (0.5, 0.5),
        "sparse": (0.05, 0.218),
    }.get(name, (None, None))
    if mean is not None:
        assert found.mean() == pytest.approx(mean, abs=0.01)
        assert found.std() == pytest.approx(spread, abs=0.01)
    if name == "constant":
        assert np.ptp(found, axis=(1, 2, 3)).max() == 0
        assert len(np.unique(found)) == 30
    if name == "blocks":
        assert np.array_equal(found, np.kron(found[:, :, ::4, ::4], np.ones((4, 4))))
    if name == "marginal":
        assert np.array_equal(found, train)
    if name == "shuffled":
        assert np.array_equal(*(np.sort(x[:30].reshape(30, -1)) for x in (found, test)))
        assert not np.array_equal(found, test[:30])


def data_sets(folder, n=400):
    """Write three data sets whose images are all different."""
    random = np.random.default_rng(0)
    for name in ("mnist", "kmnist", "fashion_mnist_core"):
        arrays = {}
        for split in ("train", "test"):
            arrays[f"{split}_images"] = random.integers(0, 256, (10 * n, 28, 28), dtype=np.uint8)
            arrays[f"{split}_labels"] = np.arange(10 * n) % 10
        np.savez(folder / f"{name}.npz", **arrays)
    return folder


def test_the_drawn_images_have_the_ratio_of_the_source_and_no_image_twice(tmp_path):
    sets = read_image_sets(data_sets(tmp_path, 1_000), quick=True)
    assert [(name, len(of), of.n_train) for name, of in sets.items()] == [
        ("all", 2_000, 1_000),
        ("drawn", 700, 600),
        ("mnist", 200, 0),
        ("kmnist", 200, 0),
        ("fashion", 200, 0),
        ("no-images", 200, 0),
    ]
    drawn = sets["drawn"].values
    both = np.concatenate([drawn, sets["mnist"].values]).reshape(900, -1)
    assert len(np.unique(both, axis=0)) == 900
    every = sets["all"].values
    assert {image.tobytes() for image in drawn[:600]} <= {image.tobytes() for image in every[:1000]}
    assert sets["no-images"].labels.tolist() == np.repeat(np.arange(10), 20).tolist()


def test_rank_correlations_are_spearmans():
    random = np.random.default_rng(4)
    error = random.random(60)
    values = np.stack([error + random.random(60), random.random(60), np.ones(60)])
    values[1, 7] = -np.inf
    found = correlations(values, error)
    for row in (0, 1):
        assert found[row] == pytest.approx(spearmanr(values[row], error).statistic)
    assert np.isnan(found[2])


def test_partial_rank_correlations_are_those_of_the_residuals():
    random = np.random.default_rng(5)
    given, noise = random.random(80), random.random((2, 80))
    error, value = given + 0.3 * noise[0], given + 0.3 * noise[1]
    ranks = [rankdata(of) for of in (value, error, given)]
    left = [of - np.polyval(np.polyfit(ranks[2], of, 1), ranks[2]) for of in ranks[:2]]
    assert partial(value[None], error, given)[0] == pytest.approx(pearsonr(*left).statistic)
    assert np.isnan(partial(given[None], error, given)[0])


def test_intervals_over_inputs_cover_about_what_they_should():
    random = np.random.default_rng(6)
    error = random.standard_normal(400)
    values = np.stack([error, error + 2 * random.standard_normal(400)])
    draws = over_inputs(values, error)
    assert draws[:, 0] == pytest.approx(1)
    rho = correlations(values, error)[1]
    assert draws[:, 1].mean() == pytest.approx(rho, abs=0.005)
    # The deviation of Pearson's r of so many pairs.
    assert draws[:, 1].std() == pytest.approx((1 - rho**2) / 20, rel=0.2)


def test_models_of_one_dimension_are_drawn_together():
    groups = np.repeat([2, 3, 4], 3)
    rho = np.array([[-1.0], [0.0], [1.0]] * 3)
    assert over_models(rho, groups) == pytest.approx(0)
    apart = over_models(np.repeat([[0.0], [0.0], [1.0]], 3, axis=0), groups)
    assert set(np.round(apart.ravel() * 3).astype(int)) == {0, 1, 2, 3}


class Linear:
    """A linear map with products both ways."""

    def __init__(self, matrix):
        self.matrix = matrix.astype(np.float32)

    def encode(self, inputs):
        return inputs.reshape(len(inputs), -1) @ self.matrix.T

    def vjp(self, inputs):
        return self.encode(inputs), lambda given: (given @ self.matrix).reshape(inputs.shape)

    def jvp(self, inputs, tangents):
        return self.encode(inputs), self.encode(tangents)


def test_norms_are_those_of_the_whole_jacobian():
    random = np.random.default_rng(7)
    encode, decode = random.standard_normal((3, 16)), random.standard_normal((16, 3))
    autoencoder = Autoencoder(Linear(encode), Linear(decode))
    whole, alone = jacobian_norms(autoencoder, np.ones((5, 1, 4, 4), np.float32))
    assert whole == pytest.approx(np.full(5, np.linalg.norm(decode @ encode)), rel=1e-5)
    assert alone == pytest.approx(np.full(5, np.linalg.norm(encode)), rel=1e-5)


def test_a_training_encoding_is_not_its_own_neighbour():
    training = np.array([[0.0], [1.0], [3.0]])
    assert distances(training, training, itself=True).tolist() == [1, 1, 2]
    assert distances(np.array([[3.5]]), training).tolist() == [0.5]


def test_our_slopes_beside_the_printed_ones():
    rows = [
        {
            "layers": 4,
            "dimension": n,
            "jacobian": "latent",
            "regressor": regressor,
            "test_slope": printed.latent.test_slope,
            "test_slope_low": printed.latent.test_slope - 0.1,
        }
        for regressor, table in PRINTED.items()
        for n, printed in table.items()
    ]
    same = compared(rows)
    assert [entry["regressor"] for entry in same] == ["absolute", "dropped", "trace"]
    for entry in same:
        assert (entry["same_sign"], entry["pearson"]) == (19, 1)
        assert entry["mean_absolute_difference"] == 0
        assert entry["grows"]
        assert entry["near"]
    turned = [row | {"test_slope": -row["test_slope"]} for row in rows]
    for entry in compared(turned):
        assert (entry["same_sign"], entry["pearson"]) == (0, -1)
        assert not entry["grows"]
        assert not entry["near"]
    unsure = [row | {"test_slope_low": -0.1} for row in rows]
    assert not any(entry["grows"] for entry in compared(unsure))
    gaps = [row | ({"test_slope": None} if row["dimension"] == 2 else {}) for row in rows]
    assert {(entry["dimensions"], entry["not_fitted"]) for entry in compared(gaps)} == {(18, 1)}


def made_up(n_train=60, n_test=20, *, reversing=0):
    """Return spectra whose error is the trace, and half of it at test images."""
    random = np.random.default_rng(8)
    n = n_train + n_test
    scales = 0.5 + random.random(n)
    matrices = scales[:, None, None] * np.diag([1.0, 0.05])
    matrices[:reversing, 0, 0] *= -1
    spectra = spectrum(matrices)
    error = np.where(np.arange(n) < n_train, 1.0, 0.5) * spectra.trace
    zeros = np.zeros(n)
    found = Measured(np.zeros((n, 2)), error, zeros, zeros, spectra, spectra)
    images = Images(np.zeros((n, 1, 28, 28), np.float32), np.arange(n) % 2, n_train)
    return found, images


def test_rows_of_the_tables_say_what_was_measured():
    found, images = made_up(reversing=6)
    row = model_row(MODEL, "drawn", found, images)
    assert (row["layers"], row["dimension"], row["epoch"], row["images"]) == (4, 2, 30, "drawn")
    assert row["latent_reversed_train"] == 0.1
    assert row["latent_reversed_test"] == 0
    assert row["latent_small"] == 1
    assert row["latent_complex"] == 0
    assert row["mse_test"] == pytest.approx(found.mse[60:].mean(), rel=1e-3)
    median = np.percentile(found.latent.arithmetic_mean, 50, method="inverted_cdf")
    assert row["latent_arithmetic_mean_median"] == pytest.approx(median, rel=1e-3)


def test_rows_of_regressions_have_both_readings_and_the_identity():
    found, images = made_up(reversing=6)
    rows = {
        (row["jacobian"], row["regressor"]): row
        for row in regression_rows(MODEL, "drawn", found, images)
    }
    assert len(rows) == 6
    trace = rows["latent", "trace"]
    assert trace["r_squared"] == pytest.approx(1)
    assert trace["test_slope"] == pytest.approx(trace["slope"] / 2, rel=1e-3)
    assert trace["identity"] == pytest.approx(trace["intercept"], abs=1e-4)
    assert rows["latent", "absolute"]["left_out"] == 0
    assert rows["latent", "dropped"]["left_out"] == pytest.approx(6 / 80)


def test_a_regression_without_enough_images_is_left_empty():
    found, images = made_up(reversing=60)
    rows = {row["regressor"]: row for row in regression_rows(MODEL, "drawn", found, images)}
    assert "test_slope" not in rows["dropped"]
    assert "test_slope" in rows["absolute"]


def test_slopes_of_a_class_are_standardised_within_it():
    found, images = made_up()
    rows = list(class_rows(MODEL, "drawn", found, images))
    assert [row["class"] for row in rows] == ["0", "1"]
    for row in rows:
        chosen = images.labels == int(row["class"])
        error, trace = found.mse[chosen], found.latent.trace[chosen]
        assert row["slope_trace"] == pytest.approx(0.5 * trace.std() / error.std(), rel=1e-3)


@pytest.mark.torch
def test_training_goes_on_where_it_stopped(tmp_path):
    torch = pytest.importorskip("torch")
    from studies.spectra.training import train

    pixels = torch.rand(300, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    at_once = [
        train(Run(3, 2, 1, 2), pixels, tmp_path / "once") for _ in [(tmp_path / "once").mkdir()]
    ]
    (tmp_path / "twice").mkdir()
    train(Run(3, 2, 1, 1), pixels, tmp_path / "twice")
    again = train(Run(3, 2, 1, 2), pixels, tmp_path / "twice")
    assert at_once == [again]
    losses = json.loads((tmp_path / "twice/l3-n02-s1.json").read_text())
    assert len(losses) == 2
    assert losses[1] < losses[0]
    names = sorted(path.name for path in (tmp_path / "twice").glob("*.onnx"))
    assert names == [f"l3-n02-s1-e00{epoch}.onnx" for epoch in (0, 1, 2)]


@pytest.mark.torch
def test_spectra_from_the_file_are_those_of_automatic_differentiation(tmp_path):
    torch = pytest.importorskip("torch")
    from studies.spectra.measuring import measured
    from studies.spectra.training import Autoencoder as Network
    from studies.spectra.training import train

    pixels = torch.rand(256, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    run = Run(4, 3, 0, 1)
    train(run, pixels, tmp_path)
    network = Network(run)
    network.load_state_dict(torch.load(tmp_path / f"{run.network}.pt")["network"])
    network.double()
    images = pixels[:4].numpy()
    found = measured(tmp_path / f"{run.model(1)}.onnx", images, tmp_path / "kept.npz")
    for row in range(4):
        latent = network.encoder(pixels[row : row + 1].double())
        matrix = torch.autograd.functional.jacobian(
            lambda z: network.encoder(network.decoder(z)), latent
        )[0, :, 0]
        expected = spectrum(matrix.numpy()[None])
        assert found.latent.trace[row] == pytest.approx(expected.trace[0], rel=1e-4)
        assert found.latent.log_volume[row] == pytest.approx(expected.log_volume[0], abs=1e-3)
    again = measured(Path("is not read again"), images, tmp_path / "kept.npz")
    assert np.array_equal(again.mse, found.mse)


def test_a_quick_run_has_all_that_a_full_run_has():
    assert {run.layers for run in quick_design()} == {3, MIDDLE}
    assert any(Model("", run, run.epochs).is_main for run in quick_design())


def test_the_page_and_the_comparison_follow_from_the_tables(tmp_path):
    folder = shutil.copytree(RESULTS, tmp_path / "results")
    committed = {path.name: path.read_text() for path in folder.glob("*.md")}
    assert set(committed) == {"spectra.md", f"{SERIES}.md"}
    write_page(folder)
    assert {path.name: path.read_text() for path in folder.glob("*.md")} == committed
    for variant in ("", SERIES):
        tables = tables_of(folder, variant)
        assert compared(tables.regressions) == tables.document["comparison"]


def test_the_committed_results_are_small_and_complete():
    assert sum(path.stat().st_size for path in RESULTS.iterdir()) < 1_000_000
    rows = read_table(RESULTS / "regressions.csv")
    main = [
        row for row in rows if row["seed"] == 0 and row["epoch"] == EPOCHS and not row["variant"]
    ]
    cells = {(row["layers"], row["dimension"], row["jacobian"], row["regressor"]) for row in main}
    assert len(cells) == 57 * 6

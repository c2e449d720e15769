"""Columns, sections and archives of spectra, on matrices whose numbers are known."""

from __future__ import annotations

import numpy as np
import pytest
from attrs import evolve

from rmqm_spec.encoders.finite_differences import with_finite_differences
from rmqm_spec.errors import EncodingError, SubjectError, UnreadableError
from rmqm_spec.jacobians import LocalSpectra
from rmqm_spec.probes.means import signed_mean_of
from rmqm_spec.results.document import plain
from rmqm_spec.spectra import AutoencoderSpectra, differences, spectrum
from rmqm_spec.spectra.archive import packed, read_columns
from rmqm_spec.spectra.columns import Columns, quantities, values_of
from rmqm_spec.spectra.encoders import encoder_spectra
from rmqm_spec.spectra.regressions import fitted, regressions_of
from rmqm_spec.spectra.sections import numbers_of

DIGEST = "a" * 64


def columns_of(matrices, labels=None, errors=None):
    known = spectrum(np.asarray(matrices, dtype=float))
    n = len(known)
    own = AutoencoderSpectra(
        latents=np.zeros((n, known.n)),
        mse=np.linspace(1, 2, n) if errors is None else errors,
        variance=np.ones(n),
        latent=known,
        input=known,
        differences=differences(known, known),
        conditions=np.ones(n),
        n_values=9,
    )
    ids = tuple(f"{row:064x}" for row in range(n))
    return Columns(ids=ids, names=ids, labels=labels, autoencoder=own)


def test_the_numbers_of_known_matrices():
    turn = [[0.0, -1.0], [1.0, 0.0]]
    found = numbers_of(columns_of([np.diag([2.0, 0.05]), np.diag([-1.0, 1.0]), turn]))
    entry = found["quantities"]
    assert entry["latent-trace"]["mean"] == pytest.approx((2.05 + 0 + 0) / 3)
    assert entry["latent-log-volume"]["median"] == pytest.approx(0)
    assert entry["latent-small"]["mean"] == pytest.approx(1 / 3)
    assert entry["latent-reversing"]["mean"] == pytest.approx(1 / 3)
    assert entry["latent-reversing"]["median"] is None
    assert entry["difference-l1"]["mean"] == 0
    assert found["classes"] == []
    assert found["curve"] is None


def test_a_singular_matrix_counts_as_infinite_and_not_in_the_mean():
    columns = columns_of([np.diag([2.0, 2.0]), np.diag([1.0, 0.0])])
    entry = numbers_of(columns)["quantities"]["latent-log-volume"]
    assert entry["mean"] == pytest.approx(2 * np.log(2))
    assert entry["infinite"] == 1
    assert entry["inputs"] == 2
    assert entry["interval"] is None
    assert quantities(columns)["latent-log-volume"].ids == columns.ids[:1]
    assert len(values_of(columns)["latent-log-volume"]) == 2


def test_intervals_of_what_is_not_negative_end_at_zero():
    matrices = [np.eye(2)] * 9 + [np.diag([1.0, 0.01])]  # one small eigenvalue in ten inputs
    entry = numbers_of(columns_of(matrices))["quantities"]["latent-small"]
    assert entry["mean"] == pytest.approx(0.1)
    assert entry["interval"][0] == 0


def test_classes_hold_their_own_inputs():
    columns = columns_of([np.eye(2) * scale for scale in (1, 2, 3, 4)], labels=(*"abab",))
    first, second = numbers_of(columns)["classes"]
    assert [first["label"], second["label"]] == ["a", "b"]
    assert first["quantities"]["latent-arithmetic-mean"]["mean"] == 2
    assert second["quantities"]["latent-arithmetic-mean"]["mean"] == 3


def test_a_signed_mean_has_an_interval_below_zero():
    low, high = signed_mean_of(np.array([-1.0, -2.0, -3.0])).interval
    assert low < -2 < high
    assert low == pytest.approx(-2 - 4.302652729911275 / np.sqrt(3))


def test_regressions_find_the_line_that_is_there():
    rng = np.random.default_rng(0)
    scales = {"train": rng.uniform(0.5, 1.5, 40), "test": rng.uniform(0.5, 1.5, 30)}
    sets = {
        name: columns_of(one[:, None, None] * np.eye(2), errors=3 * one)
        for name, one in scales.items()
    }
    [latent, of_input] = [one for one in regressions_of(sets) if one["regressor"] == "trace"]
    for one in (latent, of_input):
        assert one["slope"]["value"] == pytest.approx(1)
        assert one["test_slope"]["value"] == pytest.approx(1)
        assert one["reading"] is None
    assert not list(fitted({"data": sets["train"]}))


def test_a_regression_without_a_slope_is_named():
    sets = {name: columns_of([np.eye(2)] * 6) for name in ("train", "test")}
    outcomes = list(fitted(sets))
    assert len(outcomes) == 6
    assert {one.error.code for one in outcomes} == {"SPC007"}
    assert regressions_of(sets) == []


def test_archives_give_back_what_was_packed(tmp_path):
    rng = np.random.default_rng(1)
    sets = {
        "train": columns_of(rng.normal(size=(5, 3, 3)), labels=(*"abcab",)),
        "test": columns_of(rng.normal(size=(4, 3, 3))),
    }
    path = tmp_path / "spectra.npz"
    path.write_bytes(packed(sets, DIGEST))
    again = read_columns(path, DIGEST)
    assert [*again] == ["train", "test"]
    for name, columns in sets.items():
        assert again[name].labels == columns.labels
        assert numbers_of(again[name]) == numbers_of(columns)
    with pytest.raises(UnreadableError, match="another document"):
        read_columns(path, "b" * 64)


def test_archives_of_encoders_too(tmp_path):
    singular = np.sort(np.random.default_rng(2).random((4, 3)))[:, ::-1]
    ids = (*"abcd",)
    columns = Columns(ids=ids, names=ids, encoder=LocalSpectra(singular, np.zeros(4)))
    path = tmp_path / "spectra.npz"
    path.write_bytes(packed({"data": columns}, DIGEST))
    assert numbers_of(read_columns(path, DIGEST)["data"]) == numbers_of(columns)
    rising = evolve(columns, encoder=LocalSpectra(singular[:, ::-1], np.zeros(4)))
    path.write_bytes(packed({"data": rising}, DIGEST))
    with pytest.raises(UnreadableError, match="that rise"):
        read_columns(path, DIGEST)


@pytest.mark.parametrize("part", ["trace", "log_volume", "orientation"])
def test_archives_whose_numbers_cannot_be_are_refused(tmp_path, part):
    columns = columns_of([np.diag([2.0, 3.0]), np.diag([-1.0, 4.0])])
    known = columns.autoencoder.latent
    wrong = evolve(known, **{part: getattr(known, part)[::-1].copy()})
    path = tmp_path / "spectra.npz"
    changed = evolve(columns, autoencoder=evolve(columns.autoencoder, latent=wrong))
    path.write_bytes(packed({"data": changed}, DIGEST))
    with pytest.raises(UnreadableError, match="in the latent space that is not"):
        read_columns(path, DIGEST)


def test_a_single_value_has_no_singular_values():
    class One:
        def encode(self, inputs):
            return inputs.sum(axis=1, keepdims=True)

        def vjp(self, inputs):
            return self.encode(inputs), lambda cotangent: np.ones_like(inputs) * cotangent

    with pytest.raises(SubjectError, match="at least 2 values"):
        encoder_spectra(One(), np.ones((2, 3)))


def test_the_log_volume_at_rank_may_have_an_interval_below_zero():
    values = np.array([[0.3, 0.2, 0.0], [0.4, 0.1, 0.0], [0.2, 0.1, 0.0], [0.3, 0.3, 0.0]])
    ids = tuple(f"{row:064x}" for row in range(4))
    known = LocalSpectra(values, np.full(4, 1e-9))
    entry = numbers_of(Columns(ids=ids, names=ids, encoder=known))["quantities"]
    low, high = entry["volume-at-rank"]["interval"]
    assert low < entry["volume-at-rank"]["mean"] < high < 0
    assert entry["condition-at-rank"]["interval"][0] == 0


def test_a_table_says_what_a_quantity_without_finite_values_is():
    from rmqm_spec.cli.spectrum_table import _numbers

    values = np.array([[0.0, 0.0], [0.0, 0.0]])
    known = LocalSpectra(values, np.full(2, 1e-9))
    ids = ("0" * 64, "1" * 64)
    section = numbers_of(Columns(ids=ids, names=ids, encoder=known))
    entry = plain(section["quantities"])
    said = {name: _numbers(name, entry[name]) for name in ("rank", "volume", "condition-at-rank")}
    assert said == {"rank": "undefined", "volume": "-inf", "condition-at-rank": "undefined"}
    singular = numbers_of(columns_of([np.diag([2.0, 2.0]), np.diag([1.0, 0.0])]))["quantities"]
    assert _numbers("latent-log-volume", singular["latent-log-volume"]) == "1.386 of 1 input"


def test_tables_count_the_eigenvalues_of_each_space():
    from rmqm_spec.cli.spectrum_table import _number_of_eigenvalues

    wide = {"dimension": 20, "geometry": {"shape": [1, 4, 4]}}
    one = {"dimension": 1, "geometry": {"shape": [1, 4, 4]}}
    assert _number_of_eigenvalues("latent", {"wide": wide}) == "20 eigenvalues"
    assert _number_of_eigenvalues("input", {"wide": wide}) == "16 eigenvalues"
    assert _number_of_eigenvalues("input", {"one": one}) == "1 eigenvalue"
    assert _number_of_eigenvalues("input", {"one": one, "wide": wide}) == "1 or 16 eigenvalues"


def test_an_encoder_without_a_direction_names_the_input_of_all():
    inputs = np.ones((300, 2))
    inputs[280] = 0
    encoder = with_finite_differences(lambda x: x * 1.0, bounds=(0, 1))
    with pytest.raises(EncodingError, match=r"for input 280$"):
        encoder_spectra(encoder, inputs)


@pytest.mark.parametrize(
    ("part", "change", "said"),
    [
        ("mse", lambda array: np.stack([array, array], axis=1), "mse of shape"),
        ("difference.l1", lambda array: array + 1, "no distance between the eigenvalues"),
        ("difference.matching", lambda _: np.array("foo"), "paired by 'foo'"),
        ("latent.reciprocal_condition", lambda array: array * 0, "reciprocal condition"),
        ("latent.reciprocal_condition", lambda array: array * np.nan, "reciprocal condition"),
    ],
)
def test_archives_of_autoencoders_that_cannot_be_are_refused(tmp_path, part, change, said):
    columns = columns_of([np.diag([2.0, 3.0]), np.diag([-1.0, 4.0]), np.diag([1.0, 0.0])])
    refuses(tmp_path, columns, part, change, said)


@pytest.mark.parametrize(
    ("part", "change", "said"),
    [
        ("singular_values", lambda array: array[:, :, None], "singular_values of shape"),
        ("singular_values", lambda array: array + np.inf, "singular values"),
        ("tolerance", lambda array: array - 1, "a tolerance that cannot be"),
    ],
)
def test_archives_of_encoders_that_cannot_be_are_refused(tmp_path, part, change, said):
    ids = (*"ab",)
    known = LocalSpectra(np.array([[3.0, 1.0], [2.0, 1.0]]), np.zeros(2))
    refuses(tmp_path, Columns(ids=ids, names=ids, encoder=known), part, change, said)


def refuses(tmp_path, columns, part, change, said):
    path = tmp_path / "spectra.npz"
    path.write_bytes(packed({"data": columns}, DIGEST))
    read_columns(path, DIGEST)
    with np.load(path) as stored:
        arrays = dict(stored)
    arrays[f"data.{part}"] = change(arrays[f"data.{part}"])
    np.savez(path, **arrays)
    with pytest.raises(UnreadableError, match=said):
        read_columns(path, DIGEST)

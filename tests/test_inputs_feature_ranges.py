"""A range for each value: read from files or off the data, and noise relative to it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import rmqm_spec
from rmqm_spec.alterations import WhiteNoise
from rmqm_spec.contracts.inputs import InputSpec
from rmqm_spec.contracts.listener import Listener
from rmqm_spec.contracts.preprocessing import Preprocessing
from rmqm_spec.encoders.finite_differences import with_finite_differences
from rmqm_spec.errors import RmqmError
from rmqm_spec.identity import content_id
from rmqm_spec.inputs.feature_ranges import FeatureRanges, read_ranges
from rmqm_spec.inputs.prepared import open_inputs
from rmqm_spec.runs.ranged import with_ranges

SPEC = InputSpec(kind="array", shape=(3,))
LOW, HIGH = np.array([0.0, -1.0, 1e4]), np.array([50.0, 1.0, 3e4])
ROWS = (LOW + np.random.default_rng(0).random((40, 3)) * (HIGH - LOW)).astype(np.float32)


def write(folder: Path, kind: str, low=LOW, high=HIGH) -> str:
    path = folder / f"ranges.{kind}"
    if kind == "json":
        path.write_text(
            json.dumps({"low": np.asarray(low).tolist(), "high": np.asarray(high).tolist()})
        )
    elif kind == "npz":
        np.savez(path, low=low, high=high)
    else:
        np.save(path, np.stack([low, high]))
    return str(path)


def opened(value_range, data=ROWS, spec=SPEC, **options):
    return open_inputs(data, spec, Preprocessing(), value_range=value_range, **options)


def refused(value_range, data=ROWS, spec=SPEC, **options) -> RmqmError:
    with pytest.raises(RmqmError) as caught:
        load_all(value_range, data, spec, **options)
    return caught.value


def load_all(*given, **options) -> None:
    inputs = opened(*given, **options)
    for index in range(len(inputs)):
        inputs.load(index)


@pytest.mark.parametrize("kind", ["json", "npz", "npy"])
def test_values_are_altered_in_their_own_range(tmp_path, kind):
    inputs = opened(write(tmp_path, kind))
    assert inputs.bounds == (0.0, 1.0)
    for index in range(len(inputs)):
        loaded = inputs.load(index)
        row = ROWS[inputs.position(index)]
        assert loaded.id == content_id(row)
        np.testing.assert_allclose(loaded.values, (row - LOW) / (HIGH - LOW), rtol=1e-12)
        np.testing.assert_array_equal(inputs.features.from_unit(loaded.values).astype("f4"), row)


def test_noise_is_as_wide_as_each_range():
    """The formula of the clause: low + clip(u + epsilon a) (high - low), value by value."""
    inputs = opened("data")
    loaded = inputs.load(0)
    noise = WhiteNoise(n_levels=4, bounds=inputs.bounds)
    altered = inputs.features.from_unit(noise.alter(loaded.values[None], [loaded.id], 1, 4)[0])
    low, high = ROWS.min(0).astype(float), ROWS.max(0).astype(float)
    assert (altered >= low).all()
    assert (altered <= high * (1 + 1e-12)).all()
    steps = (altered - ROWS[inputs.position(0)]) / (high - low)
    unit = noise.alter(loaded.values[None], [loaded.id], 1, 4)[0] - loaded.values
    np.testing.assert_allclose(steps, unit, atol=1e-7)


def test_a_change_of_units_changes_nothing():
    metres = opened("data", ROWS.astype(float))
    other = opened("data", ROWS.astype(float) * [1000.0, 0.5, 8.0])
    by_row = {metres.position(k): metres.load(k).values for k in range(len(metres))}
    for k in range(len(other)):
        np.testing.assert_allclose(other.load(k).values, by_row[other.position(k)], atol=1e-12)


def test_ranges_of_the_data_are_those_of_all_rows_that_count():
    rows = np.vstack([ROWS, [np.nan, 0, 2e4], [np.inf, 0, 2e4]]).astype(np.float32)
    inputs = opened("data", rows, n=5)
    np.testing.assert_array_equal(inputs.features.low, ROWS.min(0))
    np.testing.assert_array_equal(inputs.features.high, ROWS.max(0))
    assert inputs.features.n_rows == 42
    assert refused("data", rows).code == "DAT011"


def test_a_value_that_never_changes_stays_as_it_is():
    rows = ROWS.copy()
    rows[:, 1] = 7
    inputs = opened("data", rows)
    assert inputs.features.n_constant == 1
    unit = inputs.load(0).values
    altered = WhiteNoise(n_levels=2).alter(unit[None], ["a"], 1, 2)[0]
    assert (inputs.features.from_unit(altered)[:, 1] == 7).all()
    assert refused("data", np.ones((4, 3))).code == "DAT014"


def test_ranges_repeat_along_the_first_axes(tmp_path):
    spec = InputSpec(kind="array", shape=(5, 3))
    series = np.broadcast_to(ROWS[:, None], (40, 5, 3))
    inputs = opened(write(tmp_path, "npz"), series, spec)
    assert inputs.features.low.shape == (5, 3)
    assert inputs.load(0).values.shape == (5, 3)
    flat = opened(write(tmp_path, "npz"), series.reshape(40, 15), spec)
    np.testing.assert_array_equal(flat.load(0).values.shape, (5, 3))


def test_kept_floats_of_images_may_have_own_ranges():
    spec = InputSpec(kind="image", shape=(3, 2, 4))
    data = np.random.default_rng(0).normal(size=(6, 2, 4, 3)) * [1, 10, 100]
    inputs = opened("data", data, spec)
    low = data.min(0).transpose(2, 0, 1)
    np.testing.assert_array_equal(inputs.features.low, low)
    row = data[inputs.position(0)].transpose(2, 0, 1)
    np.testing.assert_allclose(inputs.features.from_unit(inputs.load(0).values), row, rtol=1e-12)


@pytest.mark.parametrize(
    ("low", "high", "code"),
    [
        (LOW, HIGH[::-1], "DAT014"),
        (LOW[:2], HIGH[:2], "DAT014"),
        (LOW, [1.0, np.nan, 2.0], "DAT014"),
        (LOW, LOW, "DAT014"),
        (LOW, HIGH / 2, "DAT010"),
        ([], [], "DAT014"),
        (["a"] * 3, ["b"] * 3, "DAT014"),
    ],
)
def test_ranges_that_are_none_are_refused(tmp_path, low, high, code):
    assert refused(write(tmp_path, "npz", low, high)).code == code


def test_files_that_hold_no_ranges_are_refused(tmp_path):
    for name, text in (("a.json", "[1]"), ("b.json", "{"), ("c.json", '{"low": {}, "high": 1}')):
        (tmp_path / name).write_text(text)
        assert refused(str(tmp_path / name)).code == "DAT014"
    (tmp_path / "deep.json").write_text("[" * 100_000)
    assert refused(str(tmp_path / "deep.json")).code == "DAT014"
    np.savez(tmp_path / "other.npz", min=LOW, max=HIGH)
    assert refused(str(tmp_path / "other.npz")).code == "DAT006"
    np.save(tmp_path / "three.npy", np.zeros((3, 3)))
    assert refused(str(tmp_path / "three.npy")).code == "DAT014"
    assert refused(str(tmp_path / "none.npz")).code == "DAT001"
    (tmp_path / "latin.json").write_bytes(b'{"low": "\xe4"}')
    assert refused(str(tmp_path / "latin.json")).code == "DAT005"


def test_pictures_have_one_range():
    spec = InputSpec(kind="image", shape=(1, 4, 4))
    assert refused("data", np.zeros((3, 4, 4), np.uint8), spec).code == "DAT017"
    with pytest.raises(RmqmError) as caught:
        open_inputs(np.zeros((3, 4, 4)), spec, Preprocessing(source="flags"), value_range="data")
    assert caught.value.code == "DAT017"


def test_gradients_are_those_of_values_in_the_unit_range():
    ranges = FeatureRanges(low=LOW, high=HIGH, source="r")
    weights = np.random.default_rng(1).normal(size=(3, 2)) / (HIGH - LOW)[:, None]

    class Encoder:
        def encode(self, inputs):
            return np.tanh(inputs @ weights)

        def vjp(self, inputs):
            encodings = self.encode(inputs)
            return encodings, lambda g: (g * (1 - encodings**2)) @ weights.T

    units = np.random.default_rng(2).random((4, 3))
    graded = with_ranges(Encoder(), ranges)
    cotangent = np.random.default_rng(3).normal(size=(4, 2))
    by_differences = with_finite_differences(with_ranges(Encoder(), ranges)).vjp(units)
    encodings, pullback = graded.vjp(units)
    np.testing.assert_array_equal(encodings, by_differences[0])
    np.testing.assert_allclose(pullback(cotangent), by_differences[1](cotangent), rtol=1e-3)


def test_reports_name_the_ranges_in_their_command(table):
    from rmqm_spec.reports.commands import command_of

    assert "--range data" in command_of(scored(table, range="data").stored.document)
    wide = write(table, "json", LOW - 100, HIGH + 100)
    assert f"--range {wide}" in command_of(scored(table, range=wide).stored.document)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ('"r.npz"', "FOLDER/r.npz"),
        ('"data"', "data"),
        ("[0, 1]", (0.0, 1.0)),
        ('"0,1"', (0.0, 1.0)),
    ],
)
def test_a_file_of_ranges_lies_beside_its_request(tmp_path, given, expected):
    from rmqm_spec.runs.request_files import read_request

    (tmp_path / "run.toml").write_text(f'model = "m.onnx"\nrange = {given}\n')
    if isinstance(expected, str):
        expected = expected.replace("FOLDER", str(tmp_path))
    assert read_request(tmp_path / "run.toml").inputs.range == expected


def test_files_are_read_as_they_are_written(tmp_path):
    for kind in ("json", "npz", "npy"):
        found = read_ranges(write(tmp_path, kind))
        np.testing.assert_array_equal(found.low, LOW)
        np.testing.assert_array_equal(found.high, HIGH)
    digests = {read_ranges(write(tmp_path, kind)).to_dict()["sha256"] for kind in ("json", "npy")}
    assert len(digests) == 1


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """A network of three features of unlike units."""
    onnx = pytest.importorskip("onnx")
    pytest.importorskip("onnxruntime")
    from onnx import TensorProto, helper, numpy_helper

    folder = tmp_path_factory.mktemp("table")
    weights = np.random.default_rng(1).normal(size=(3, 6)) / (HIGH - LOW)[:, None]
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["a"]), helper.make_node("Tanh", ["a"], ["emb"])],
        "table",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 3])],
        [helper.make_tensor_value_info("emb", TensorProto.FLOAT, [None, 6])],
        [numpy_helper.from_array(weights.astype(np.float32), "w")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, folder / "table.onnx")
    return folder


def scored(folder, **options):
    return rmqm_spec.score(
        folder / "table.onnx",
        data=ROWS,
        levels=4,
        null=False,
        listener=Listener(),
        out=folder / f"out-{options.get('range')}".replace("/", "_"),
        **options,
    )


def test_ranges_belong_to_the_protocol_and_the_result(table):
    of_data = scored(table, range="data")
    wide = write(table, "npz", LOW - 100, HIGH + 100)
    declared = scored(table, range=wide)
    known = of_data.stored.document["protocol"]["inputs"]["ranges"]
    assert known["low"] == ROWS.min(0).astype(float).tolist()
    assert of_data.stored.document["protocol_sha256"] != declared.stored.document["protocol_sha256"]
    assert of_data.rmqm != declared.rmqm
    codes = {found.code: found for found in of_data.findings}
    assert "read off 40 rows of array" in codes["DAT032"].message
    assert {found.level for found in declared.findings if found.code == "DAT032"} == {"ok"}


@pytest.mark.parametrize("gradient", ["auto", "finite-differences"])
def test_pgd_takes_steps_of_each_range(table, gradient):
    found = scored(table, range="data", alteration="pgd", gradient=gradient, force=True)
    assert found.rmqm > 0
    assert "GRA007" not in {one.code for one in found.findings}


def test_one_range_for_all_values_gives_the_bits_of_before(table):
    found = scored(table, range="-10,40000")
    assert "ranges" not in found.stored.document["protocol"]["inputs"]
    assert found.stored.document["protocol"]["alteration"]["bounds"] == [-10.0, 40000.0]


def test_checks_and_refusals_of_the_setting(table):
    checked = rmqm_spec.check(table / "table.onnx", data=ROWS, range="data", listener=Listener())
    assert "DAT032" in {found.code for found in checked.findings}
    with pytest.raises(RmqmError) as caught:
        scored(table, range="1,")
    assert caught.value.code == "ARG001"
    with pytest.raises(RmqmError) as caught:
        rmqm_spec.score(table / "table.onnx", data=ROWS, listener=Listener(), out=table / "none")
    assert "--range data" in caught.value.fix

"""Encoders pickle by description, and open the same model anew in another process."""

import pickle
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from operator import attrgetter, methodcaller

import numpy as np
import pytest
from attrs import evolve

from rmqm_onnx.backend import ONNX
from rmqm_spec.contracts.preprocessing import Preprocessing
from rmqm_spec.errors import UnreadableError, UsageError

ASKED = Preprocessing(scale=255, mean=(1, 2, 3), std=4, channel_order="bgr", source="flags")


@pytest.fixture(scope="module")
def spawned():
    """Call a function of picklable arguments in another process, which has inherited nothing."""
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        yield lambda function, *arguments: pool.submit(function, *arguments).result(timeout=120)


@pytest.fixture
def encoder(opened, make):
    return opened(make.dense(), preprocessing=ASKED)


def test_another_process_gives_the_same_encodings(encoder, images, spawned):
    inputs = images(encoder)
    np.testing.assert_array_equal(
        spawned(methodcaller("encode", inputs), encoder), encoder.encode(inputs)
    )
    assert spawned(attrgetter("description"), encoder) == encoder.description
    assert spawned(attrgetter("findings"), encoder) == encoder.findings


def test_another_process_takes_the_same_gradient(encoder, images, spawned):
    inputs = images(encoder, 1)
    encoder.vjp(inputs)  # a session of the gradient, which cannot be pickled, is there now
    error = ONNX.gradient_error(encoder, inputs)
    assert spawned(ONNX.gradient_error, encoder, inputs) == pytest.approx(error, rel=1e-3, abs=1e-5)
    assert spawned(attrgetter("gradient_route"), encoder) == encoder.gradient_route


def test_a_pickle_is_a_description(opened, make):
    shape = ("N", 3, 256, 256)
    encoder = opened(make.dense(shape, 3 * 256 * 256))
    assert encoder.description["model"]["bytes"] > 3_900_000
    assert len(pickle.dumps(encoder)) < 4_000


def test_every_thing_that_was_chosen_survives(opened, make, images):
    nodes = [make.node("Mul", "x t", "s"), make.node("Reshape", "s shape", "y")]
    inputs = [make.value("x", ["N", 3, 4, 4]), make.value("t", [1])]
    outputs = [make.value("y", ["N", 6, 8])]
    model = make.model(nodes, inputs, outputs, [make.constant("shape", [-1, 6, 8], "int64")])
    encoder = opened(model, input="x", feeds=[("t", "0.5")], pooling="mean", batch_size=3)
    again = pickle.loads(pickle.dumps(encoder))
    drawn = images(encoder)
    np.testing.assert_array_equal(again.encode(drawn), encoder.encode(drawn))
    assert again.encode(drawn).shape == (5, 8)
    assert again.traits == encoder.traits


@pytest.mark.parametrize(
    "change",
    [{"pooling": "cls"}, {"rows": 1}, {"one_at_a_time": True}, {"gradients": None}],
)
def test_what_was_changed_after_opening_survives(opened, make, change):
    nodes = [make.node("Reshape", "x shape", "y")]
    inputs, outputs = [make.value("x", ["N", 3, 4, 4])], [make.value("y", ["N", 6, 8])]
    model = make.model(nodes, inputs, outputs, [make.constant("shape", [-1, 6, 8], "int64")])
    changed = evolve(opened(model), **change)
    again = pickle.loads(pickle.dumps(changed))
    assert {name: getattr(again, name) for name in change} == change


def test_a_model_that_has_changed_is_refused(opened, make, saved):
    path = saved(make.dense())
    pickled = pickle.dumps(opened(path))
    path.write_bytes(make.dense(metadata={"note": "another"}).SerializeToString())
    with pytest.raises(UnreadableError, match=r"must not change .* got another") as caught:
        pickle.loads(pickled)
    assert caught.value.code == "MOD002"


def test_a_model_that_has_gone_is_refused(opened, make, saved, spawned):
    path = saved(make.dense())
    encoder = opened(path)
    path.unlink()
    with pytest.raises(UnreadableError) as caught:
        pickle.loads(pickle.dumps(encoder))
    assert caught.value.code == "MOD002"


def test_external_data_that_has_changed_is_refused(opened, make, saved):
    from onnx import save

    path = saved(make.dense())
    save(make.dense(), path, save_as_external_data=True, location="weights", size_threshold=0)
    pickled = pickle.dumps(opened(path))
    weights = path.parent / "weights"
    weights.write_bytes(weights.read_bytes()[::-1])
    with pytest.raises(UnreadableError) as caught:
        pickle.loads(pickled)
    assert caught.value.code == "MOD002"


def test_a_relative_path_is_found_from_elsewhere(make, saved, images, monkeypatch, tmp_path):
    from rmqm_onnx import OpenOptions, open_encoder

    saved(make.dense())
    monkeypatch.chdir(tmp_path)
    encoder = open_encoder("model.onnx", OpenOptions(threads=1))
    pickled = pickle.dumps(encoder)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    inputs = images(encoder)
    np.testing.assert_array_equal(pickle.loads(pickled).encode(inputs), encoder.encode(inputs))
    encoder.vjp(inputs)  # the gradient finds its model too


def test_an_encoder_without_a_file_is_refused(encoder):
    with pytest.raises(UsageError, match=r"to be pickled; this encoder of 'y' does"):
        pickle.dumps(evolve(encoder, origin=None))

"""The null of a model: the same graph and the same weights, in other places."""

from __future__ import annotations

import numpy as np
import pytest
from onnx import TensorProto, helper, load, numpy_helper, save_model

from rmqm_onnx import OpenOptions, open_encoder
from rmqm_onnx.null_model import write_null
from rmqm_onnx.reading.weights import weights
from rmqm_spec.errors import SubjectError, UnavailableError


@pytest.fixture
def nulled(saved, tmp_path):
    """Write a model and its null; returns the stored tensors of both, by name."""

    def write(made, seed=0):
        path = made if not hasattr(made, "graph") else saved(made)
        folder = tmp_path / f"null-{seed}-{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        null = write_null(path, folder, seed=seed)
        before, after = (
            {name: numpy_helper.to_array(t, str(one.parent)) for name, t in weights_of(one)}
            for one in (path, null.path)
        )
        return null, before, after

    return write


def weights_of(path):
    model = load(path, load_external_data=False)
    return [(one.name, one) for one in model.graph.initializer]


def is_permuted(before, after):
    """Same values in the same shape, in other places."""
    same = np.sort(before, axis=None).tobytes() == np.sort(after, axis=None).tobytes()
    return same and before.shape == after.shape and before.tobytes() != after.tobytes()


def convolutional(make):
    """Input constants, a convolution, its normalisation, a resize and a matrix with bias."""
    nodes = [
        make.node("Sub", "x mean", "a"),
        make.node("Conv", "a kernel bias", "b"),
        make.node("BatchNormalization", "b gain shift centre variance", "c"),
        make.node("Clip", "c low -", "d"),
        make.node("Resize", "d - scales", "e"),
        make.node("Reshape", "e shape", "f"),
        make.node("Gemm", "f matrix offset", "y"),
    ]
    rng = np.random.default_rng(0)
    stored = {
        "mean": rng.random((1, 3, 1, 1)),
        "kernel": rng.normal(size=(8, 3, 3, 3)),
        "bias": rng.normal(size=8),
        "gain": rng.random(8),
        "shift": rng.random(8),
        "centre": rng.random(8),
        "variance": rng.random(8),
        "low": np.array(0.0),
        "scales": np.array([1.0, 1.0, 2.0, 0.5]),
        "matrix": rng.normal(size=(48, 5)),
        "offset": rng.normal(size=5),
    }
    initializers = [make.constant(name, one) for name, one in stored.items()]
    initializers.append(make.constant("shape", [0, -1], "int64"))
    outputs = [make.value("y", ["N", 5])]
    shape = ["N", 3, 5, 5]
    return make.model(nodes, [make.value("x", shape)], outputs, initializers)


def test_kernels_and_matrices_are_permuted_and_nothing_else(make, nulled):
    null, before, after = nulled(convolutional(make))
    changed = {name for name in before if before[name].tobytes() != after[name].tobytes()}
    assert changed == {"kernel", "matrix"}
    assert all(is_permuted(before[name], after[name]) for name in changed)
    assert (null.tensors, null.values) == (2, 8 * 27 + 48 * 5)


def test_a_null_encodes_otherwise_than_its_model(make, saved, nulled, opened, images):
    made = make.dense()
    null, *_ = nulled(made)
    encoder, other = opened(saved(made)), open_encoder(null.path, OpenOptions(threads=1))
    inputs = images(encoder)
    assert other.encode(inputs).shape == encoder.encode(inputs).shape
    assert np.abs(other.encode(inputs) - encoder.encode(inputs)).max() > 0.1


@pytest.mark.parametrize("raw", [True, False])
@pytest.mark.parametrize("of", ["float32", "float64", "float16", "bfloat16", "int8", "uint8"])
def test_every_type_and_way_of_storing_keeps_its_values(make, nulled, of, raw):
    tensor = make.random("w", 48, 5, of=of) if of[0] == "f" else make.constant("w", WORDS, of)
    if of == "bfloat16":
        tensor = helper.make_tensor("w", TensorProto.BFLOAT16, (48, 5), WORDS.ravel().tolist())
        if raw:
            tensor.raw_data = np.array(tensor.int32_data, dtype=np.uint16).tobytes()
            tensor.ClearField("int32_data")
    elif not raw:
        values = numpy_helper.to_array(tensor)
        tensor = helper.make_tensor("w", tensor.data_type, values.shape, values.ravel().tolist())
    assert bool(tensor.raw_data) == raw
    made = make.dense()
    made.graph.initializer[0].CopyFrom(tensor)
    _, before, after = nulled(made)
    assert is_permuted(before["w"], after["w"])


WORDS = np.arange(240).reshape(48, 5) % 120


def test_how_a_tensor_is_stored_does_not_change_its_permutation(make, nulled):
    made = make.dense()
    values = numpy_helper.to_array(made.graph.initializer[0])
    typed = make.dense()
    typed.graph.initializer[0].CopyFrom(
        helper.make_tensor("w", TensorProto.FLOAT, values.shape, values.ravel().tolist())
    )
    assert np.array_equal(nulled(made)[2]["w"], nulled(typed)[2]["w"])


def test_the_permutation_is_the_same_on_every_machine(make, nulled):
    made = make.dense(n_values=48)
    made.graph.initializer[0].CopyFrom(make.constant("w", np.arange(240).reshape(48, 5)))
    _, _, after = nulled(made)
    assert after["w"].ravel()[:8].tolist() == [74, 61, 196, 180, 137, 99, 189, 235]


def test_seed_and_name_choose_the_permutation_and_the_order_of_the_file_does_not(make, nulled):
    made = convolutional(make)
    turned = convolutional(make)
    turned.graph.ClearField("initializer")
    turned.graph.initializer.extend(reversed(made.graph.initializer))
    one, other, seeded = nulled(made)[2], nulled(turned)[2], nulled(made, seed=1)[2]
    assert all(np.array_equal(one[name], other[name]) for name in one)
    assert not np.array_equal(one["matrix"], seeded["matrix"])
    renamed = make.dense()
    renamed.graph.initializer[0].name = renamed.graph.node[1].input[1] = "v"
    assert not np.array_equal(nulled(make.dense())[2]["w"], nulled(renamed)[2]["v"])


def operand(make, nodes, stored):
    """A model whose matrix reaches the product through `nodes`."""
    nodes = [make.node("Flatten", "x", "f"), *nodes, make.node("MatMul", "f m", "y")]
    inputs, outputs = [make.value("x", ["N", 3, 4, 4])], [make.value("y", ["N", 5])]
    return make.model(nodes, inputs, outputs, stored, opset=21)


def constant_node(make):
    return operand(
        make, [helper.make_node("Constant", [], ["m"], value=make.random("", 48, 5))], []
    )


def transposed(make):
    return operand(make, [make.node("Transpose", "w", "m")], [make.random("w", 5, 48)])


def dequantised(make):
    stored = [
        make.constant("w", WORDS, "int8"),
        make.constant("s", 0.01),
        make.constant("z", 3, "int8"),
    ]
    return operand(make, [make.node("DequantizeLinear", "w s z", "m")], stored)


def in_a_branch(make):
    def branch(name):
        inside = make.random(f"w_{name}", 48, 5)
        nodes = [helper.make_node("MatMul", ["f", f"w_{name}"], [f"y_{name}"])]
        return helper.make_graph(nodes, name, [], [make.value(f"y_{name}", None)], [inside])

    choice = helper.make_node(
        "If", ["c"], ["y"], then_branch=branch("then"), else_branch=branch("else")
    )
    nodes = [make.node("Flatten", "x", "f"), choice]
    inputs, outputs = [make.value("x", ["N", 3, 4, 4])], [make.value("y", ["N", 5])]
    return make.model(nodes, inputs, outputs, [make.constant("c", True, "bool")])


def in_a_function(make):
    function = helper.make_function(
        "own", "Dense", ["a", "b"], ["c"], [make.node("MatMul", "a b", "c")],
        [helper.make_opsetid("", 17)],
    )  # fmt: skip
    nodes = [
        make.node("Flatten", "x", "f"),
        helper.make_node("Dense", ["f", "w"], ["y"], domain="own"),
    ]
    inputs, outputs = [make.value("x", ["N", 3, 4, 4])], [make.value("y", ["N", 5])]
    stored = [make.random("w", 48, 5)]
    return make.model(nodes, inputs, outputs, stored, domains=["own"], functions=[function])


@pytest.mark.parametrize(
    ("made", "n_tensors"),
    [(constant_node, 1), (transposed, 1), (dequantised, 1), (in_a_branch, 2), (in_a_function, 1)],
)
def test_weights_are_found_wherever_they_are_stored(make, saved, tmp_path, made, n_tensors):
    model = made(make)
    folder = tmp_path / "null"
    folder.mkdir()
    null = write_null(saved(model), folder)
    assert (null.tensors, null.values) == (n_tensors, n_tensors * 240)
    before, after = (
        open_encoder(path, OpenOptions(threads=1)) for path in (tmp_path / "model.onnx", null.path)
    )
    inputs = np.random.default_rng(1).random((2, 3, 4, 4), dtype=np.float32)
    assert np.abs(before.encode(inputs) - after.encode(inputs)).max() > 0.01


def test_tables_that_are_looked_up_are_weights_and_lists_are_not(make):
    nodes = [
        make.node("Gather", "table i", "a"),
        make.node("Gather", "list i", "b"),
        make.node("Gather", "shapes i", "c"),
    ]
    stored = [
        make.random("table", 5, 3),
        make.random("list", 5),
        make.constant("shapes", np.ones((5, 3)), "int64"),
    ]
    outputs = [make.value(name, None) for name in "ab"] + [make.value("c", None, "int64")]
    made = make.model(nodes, [make.value("i", ["N"], "int64")], outputs, stored)
    assert [name for name, _ in weights(made)] == ["table"]


def test_external_data_is_permuted_in_a_copy(make, tmp_path, nulled):
    path = tmp_path / "model.onnx"
    made = convolutional(make)
    save_model(made, path, save_as_external_data=True, location="w.bin", size_threshold=60)
    original = (tmp_path / "w.bin").read_bytes()
    null, before, after = nulled(path)
    assert (tmp_path / "w.bin").read_bytes() == original
    changed = {name for name in before if before[name].tobytes() != after[name].tobytes()}
    assert changed == {"kernel", "matrix"}
    assert all(is_permuted(before[name], after[name]) for name in changed)
    inside = nulled(convolutional(make))[2]
    assert np.array_equal(inside["matrix"], after["matrix"])
    assert open_encoder(null.path, OpenOptions(threads=1)).spec.shape == (3, 5, 5)


def test_a_model_without_weights_has_no_null(make, saved, tmp_path):
    path = saved(
        make.model(
            [make.node("Flatten", "x", "y")],
            [make.value("x", ["N", 3, 4, 4])],
            [make.value("y", ["N", 48])],
        )
    )
    with pytest.raises(SubjectError) as caught:
        write_null(path, tmp_path)
    assert caught.value.code == "NUL001"


def test_a_folder_that_cannot_take_it_is_named(make, saved, tmp_path):
    with pytest.raises(UnavailableError) as caught:
        write_null(saved(make.dense()), tmp_path / "missing")
    assert caught.value.code == "NUL002"
    assert "missing" in caught.value.message

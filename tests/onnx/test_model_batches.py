"""Any number of inputs, whatever batch the network wants; each encoding its input's alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

pytest.importorskip("onnxruntime")

from rmqm_spec.contracts.preprocessing import Preprocessing
from rmqm_spec.errors import ShapeError, SubjectError


def fixed_inside(make, batch="N"):
    """Declares any batch, and reshapes to one."""
    nodes = [make.node("Reshape", "x s", "f"), make.node("MatMul", "f w", "y")]
    weights = [make.constant("s", [1, 48], "int64"), make.random("w", 48, 5)]
    inputs, outputs = [make.value("x", (batch, 3, 4, 4))], [make.value("y", (batch, 5))]
    return make.model(nodes, inputs, outputs, weights)


def mixing(make, batch="N", op="ReduceMean"):
    """Adds to each encoding something of the whole batch."""
    nodes = [make.node("Flatten", "x", "f"), make.node("MatMul", "f w", "e")]
    nodes += [make.node(op, "e", "m"), make.node("Mul", "m m", "mm"), make.node("Sub", "e mm", "y")]
    inputs, outputs = [make.value("x", (batch, 3, 4, 4))], [make.value("y", (batch, 5))]
    return make.model(nodes, inputs, outputs, [make.random("w", 48, 5)])


def dynamically_quantised(make, batch="N"):
    nodes = [
        make.node("Flatten", "x", "f"),
        make.node("DynamicQuantizeLinear", "f", "q scale zero"),
        make.node("MatMulInteger", "q w zero", "i"),
        make.node("Cast", "i", "c", to=1),
        make.node("Mul", "c scale", "y"),
    ]
    weights = [make.constant("w", np.random.default_rng(0).integers(-99, 99, (48, 5)), "int8")]
    inputs, outputs = [make.value("x", (batch, 3, 4, 4))], [make.value("y", (batch, 5))]
    return make.model(nodes, inputs, outputs, weights)


def one_by_one(encoder, inputs):
    return np.concatenate([encoder.encode(inputs[k : k + 1]) for k in range(len(inputs))])


@pytest.mark.parametrize("batch", ["N", 1, 2, 4, 7])
@pytest.mark.parametrize("n_inputs", [1, 2, 7, 8, 23])
def test_any_number_of_inputs_is_encoded(opened, make, images, batch, n_inputs):
    encoder = opened(make.dense((batch, 3, 4, 4)), batch_size=4)
    inputs = images(encoder, n_inputs)
    weights = opened(make.dense()).encode(np.eye(48, dtype=np.float32).reshape(48, 3, 4, 4))
    np.testing.assert_allclose(
        encoder.encode(inputs), inputs.reshape(n_inputs, 48) @ weights, atol=1e-5
    )


@pytest.mark.parametrize(("batch", "rows"), [("N", None), (1, 1), (4, 4)])
def test_the_description_tells_the_rows_of_a_call(opened, make, batch, rows):
    runtime = opened(make.dense((batch, 3, 4, 4))).description["runtime"]
    assert (runtime["rows_per_call"], runtime["one_at_a_time"]) == (rows, False)


def test_a_batch_that_only_the_declaration_allows_is_run_one_by_one(opened, make, images, codes):
    encoder = opened(fixed_inside(make))
    inputs = images(encoder, 3)
    assert (encoder.rows, codes(encoder)) == (1, ["PRE001", "BAT002"])
    (warned,) = (finding for finding in encoder.findings if finding.code == "BAT002")
    assert "score" not in warned.fix  # there may be none: other findings can refuse the model
    np.testing.assert_array_equal(
        encoder.encode(inputs), opened(fixed_inside(make, 1)).encode(inputs)
    )


@pytest.mark.parametrize("batch", ["N", 4])
def test_a_dynamically_quantised_model_encodes_every_input_alone(
    opened, make, images, codes, batch
):
    encoder = opened(dynamically_quantised(make, batch))
    inputs = images(encoder, 6) * np.linspace(0.1, 1, 6, dtype=np.float32)[:, None, None, None]
    assert (encoder.one_at_a_time, codes(encoder)) == (True, ["PRE001", "BAT003"])
    np.testing.assert_array_equal(encoder.encode(inputs), one_by_one(encoder, inputs))
    finding = next(finding for finding in encoder.findings if finding.code == "BAT003")
    assert finding.message.startswith("the model quantises its activations by the batch: ")
    assert finding.message.endswith("; every input is encoded alone")


def normalising_by_the_batch(make, batch="N", **momentum):
    names = ("s", "b", "mean", "var")
    nodes = [
        make.node("BatchNormalization", "x s b mean var", "n m v", training_mode=1, **momentum),
        make.node("Flatten", "n", "f"),
        make.node("MatMul", "f w", "y"),
    ]
    inputs, outputs = [make.value("x", (batch, 3, 4, 4))], [make.value("y", (batch, 5))]
    statistics = [make.constant(name, [1.0, 0.5, 2.0]) for name in names]
    return make.model(nodes, inputs, outputs, [make.random("w", 48, 5), *statistics])


def centring_the_batch(make, batch="N"):
    """Subtracts the batch's mean of each feature, as a normalisation in training mode does."""
    nodes = [make.node("Flatten", "x", "f"), make.node("MatMul", "f w", "e")]
    nodes.append(make.node("ReduceMean", "e", "m", axes=[0]))
    nodes.append(make.node("Sub", "e m", "y"))
    inputs, outputs = [make.value("x", (batch, 3, 4, 4))], [make.value("y", (batch, 5))]
    return make.model(nodes, inputs, outputs, [make.random("w", 48, 5)])


def reshaped_wrongly(make, batch=4):
    """Puts the rows of the batch side by side, as a view with the axes mixed up does."""
    nodes = [
        make.node("Flatten", "x", "f"),
        make.node("MatMul", "f w", "e"),
        make.node("Reshape", "e s", "r"),
        make.node("MatMul", "r v", "y"),
    ]
    weights = [make.random("w", 48, 6), make.random("v", 6, 6)]
    weights.append(make.constant("s", [6, 4] if batch == 4 else [-1, 6], "int64"))
    nodes.insert(3, make.node("Transpose", "r", "t", perm=[1, 0]))
    nodes[-1] = make.node("MatMul", "t v", "y")
    inputs, outputs = [make.value("x", (batch, 3, 4, 4))], [make.value("y", (batch, 6))]
    return make.model(nodes, inputs, outputs, weights)


def mixing_beside_quantisation(make, batch="N"):
    made = dynamically_quantised(make, batch)
    made.graph.node[-1].output[0] = "e"
    made.graph.node.extend([make.node("ReduceMean", "e", "m"), make.node("Sub", "e m", "y")])
    flatten = made.graph.node[0]
    made.graph.node.insert(1, make.node("ReduceMax", "f", "top", axes=[0]))
    made.graph.node.insert(2, make.node("Add", "f top", "g"))
    assert flatten.output[0] == "f"
    made.graph.node[3].input[0] = "g"
    return made


@pytest.mark.parametrize("batch", ["N", 4])
@pytest.mark.parametrize(
    ("made", "named", "fix"),
    [
        (mixing, "ReduceMean (m) mixes the rows", "first axis"),
        (centring_the_batch, "ReduceMean (m) mixes the rows", "first axis"),
    ],
)
def test_a_model_whose_rows_influence_each_other_is_refused(opened, make, made, named, fix, batch):
    with pytest.raises(SubjectError) as caught:
        opened(made(make, batch))
    assert (caught.value.code, named in caught.value.message) == ("BAT001", True)
    assert "the export is wrong" in caught.value.message
    assert fix in caught.value.fix


def test_batch_normalisation_in_training_mode_is_refused(opened, make):
    with pytest.raises(SubjectError, match=r"BatchNormalization \(n\)") as caught:
        opened(normalising_by_the_batch(make))
    assert "model.eval()" in caught.value.fix


def test_batch_statistics_are_refused_where_the_batch_is_one_input(opened, make):
    """No company betrays them there; a runtime that updates them in place betrays itself."""
    made = normalising_by_the_batch(make, batch=1)
    with pytest.raises(SubjectError, match=r"BatchNormalization \(n\) is in training") as caught:
        opened(made)
    assert "model.eval()" in caught.value.fix
    made.graph.node[0].input[0] = "c"
    made.graph.node.insert(0, make.node("Conv", "x k", "c"))
    made.graph.initializer.append(make.random("k", 3, 3, 1, 1))
    with pytest.raises(SubjectError, match=r"BatchNormalization \(n\) is in training") as caught:
        opened(made)
    assert "model.eval()" in caught.value.fix


def test_batch_statistics_that_repeat_themselves_are_refused_too(opened, make):
    """A momentum of 1 keeps the stored statistics, so nothing wavers and no company betrays it."""
    with pytest.raises(SubjectError, match=r"BatchNormalization \(n\) is in training") as caught:
        opened(normalising_by_the_batch(make, batch=1, momentum=1.0))
    assert (caught.value.code, "model.eval()" in caught.value.fix) == ("BAT001", True)


def test_what_moved_the_batch_before_it_was_mixed_is_named(opened, make):
    with pytest.raises(SubjectError) as caught:
        opened(reshaped_wrongly(make))
    assert "MatMul (y), after Reshape (r) moved the batch, mixes" in caught.value.message


def test_dynamic_quantisation_excuses_no_other_mixing(opened, make):
    with pytest.raises(SubjectError, match=r"ReduceMax \(top\) mixes the rows"):
        opened(mixing_beside_quantisation(make))


def test_what_is_computed_from_the_number_of_inputs_is_refused(opened, make):
    nodes = [
        make.node("Flatten", "x", "f"),
        make.node("MatMul", "f w", "e"),
        make.node("Shape", "x", "s", start=0, end=1),
        make.node("Cast", "s", "n", to=1),
        make.node("Add", "e n", "y"),
    ]
    inputs, outputs = [make.value("x", ("N", 3, 4, 4))], [make.value("y", ("N", 5))]
    with pytest.raises(SubjectError, match="the size of its batch"):
        opened(make.model(nodes, inputs, outputs, [make.random("w", 48, 5)]))


def test_quantisation_inside_a_function_of_the_model_is_seen(opened, make, codes):
    from onnx import helper

    opsets = [helper.make_opsetid("", 17)]
    body = [
        make.node("DynamicQuantizeLinear", "a", "q s z"),
        make.node("DequantizeLinear", "q s z", "b"),
    ]
    quantise = helper.make_function("own", "Quantise", ["a"], ["b"], body, opsets)
    nodes = [make.node("Quantise", "x", "d", domain="own"), make.node("Flatten", "d", "y")]
    inputs, outputs = [make.value("x", ("N", 3, 4, 4))], [make.value("y", ("N", 48))]
    made = make.model(nodes, inputs, outputs, domains=["own"], functions=[quantise])
    assert codes(opened(made)) == ["PRE001", "BAT003"]


def test_rows_are_alike_where_the_network_is_honest(opened, make, codes):
    assert codes(opened(make.dense())) == ["PRE001"]


def test_a_batch_on_another_axis_is_run_one_by_one(opened, make, images, codes):
    nodes = [make.node("Flatten", "x", "f"), make.node("MatMul", "f w", "m")]
    nodes += [make.node("Unsqueeze", "m a", "y")]
    weights = [make.random("w", 48, 5), make.constant("a", [0], "int64")]
    inputs, outputs = [make.value("x", ("N", 3, 4, 4))], [make.value("y", (1, "N", 5))]
    encoder = opened(make.model(nodes, inputs, outputs, weights))
    inputs = images(encoder)
    assert codes(encoder) == ["PRE001", "BAT002"]
    np.testing.assert_allclose(
        encoder.encode(inputs), opened(make.dense()).encode(inputs), atol=1e-6
    )


def test_a_model_that_cannot_run_is_refused_with_the_words_of_the_runtime(refused, make):
    nodes = [make.node("Reshape", "x s", "f"), make.node("MatMul", "f w", "y")]
    weights = [make.constant("s", [1, 47], "int64"), make.random("w", 47, 5)]
    made = make.model(
        nodes, [make.value("x", ("N", "C", "H", "W"))], [make.value("y", None)], weights
    )
    error = refused(made, layout="nchw", size=(4, 4))
    assert (type(error), error.code) == (SubjectError, "MOD007")
    assert error.message.startswith(
        "the model must run on 1 input(s) of shape (3, 4, 4); ONNX Runtime says "
    )


@pytest.mark.parametrize("values", [0.0, np.inf, np.nan])
def test_encodings_without_direction_do_not_stop_the_opening(opened, make, images, values):
    made = make.dense()
    made.graph.initializer[0].CopyFrom(make.constant("w", np.full((48, 5), values)))
    encoder = opened(made)
    assert encoder.encode(images(encoder)).shape == (5, 5)


@pytest.mark.parametrize("shape", [(2, 4, 4, 3), (3, 4, 4), (0, 3, 4, 4), (2, 48)])
def test_inputs_of_another_shape_are_refused(opened, make, shape):
    with pytest.raises(ShapeError) as caught:
        opened(make.dense()).encode(np.zeros(shape, dtype=np.float32))
    assert (caught.value.code, caught.value.message) == (
        "DAT012",
        f"inputs must have shape (N, 3, 4, 4) with N >= 1; got {shape}",
    )


@pytest.mark.parametrize("batch", ["N", 4])
@pytest.mark.parametrize("preprocessing", [None, Preprocessing(mean=0.5, std=0.2)])
def test_encoding_never_writes_to_its_inputs(opened, make, images, batch, preprocessing):
    encoder = opened(make.dense((batch, 3, 4, 4)), preprocessing=preprocessing)
    inputs = images(encoder)
    inputs.flags.writeable = False
    kept = inputs.copy()
    encoder.encode(inputs)
    np.testing.assert_array_equal(inputs, kept)


@pytest.mark.parametrize("batch", ["N", 4])
def test_four_threads_at_once_get_what_one_gets(opened, make, images, batch):
    encoder = opened(make.dense((batch, 3, 4, 4)), threads=4)
    batches = [images(encoder, n) + n for n in range(1, 33)]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(encoder.encode, batches))
    for found, one in zip(together, batches, strict=True):
        np.testing.assert_array_equal(found, encoder.encode(one))


@pytest.mark.parametrize(("threads", "expected"), [(1, (1, 1)), (6, (6, 1)), (16, (8, 2))])
def test_processors_are_shared_out_among_callers(opened, make, threads, expected):
    encoder = opened(make.dense(), threads=threads)
    per_operator = encoder.description["runtime"]["threads_per_operator"]
    assert (encoder.traits.concurrency, per_operator) == expected


@pytest.mark.parametrize(("n_values", "at_most"), [(8, 50), (2_000_000, 1)])
def test_a_batch_is_bounded_by_its_values(opened, make, n_values, at_most):
    nodes = [make.node("ReduceMean", "x", "m", axes=[1]), make.node("Concat", "m m", "y", axis=1)]
    inputs, outputs = [make.value("x", ("N", n_values))], [make.value("y", ("N", 2))]
    assert opened(make.model(nodes, inputs, outputs)).traits.batch_size == at_most


def test_a_batch_size_that_is_told_is_kept(opened, make):
    assert opened(make.dense(), batch_size=3).traits.batch_size == 3


def test_only_the_part_that_gives_the_encodings_runs(opened, make, images):
    made = make.dense()
    made.graph.node.append(make.node("Reshape", "y s", "broken"))
    made.graph.initializer.append(make.constant("s", [77], "int64"))
    made.graph.output.append(make.value("broken", None))
    encoder = opened(made, output="y")
    assert encoder.encode(images(encoder)).shape == (5, 5)

"""Which input is altered, what it is, and what the other inputs are fed with."""

from __future__ import annotations

import numpy as np
import pytest
from onnx import shape_inference
from onnx.utils import Extractor

pytest.importorskip("onnxruntime")

from rmqm_spec.errors import SubjectError, UnreadableError, UsageError


def convolution(make, shape, channels=3, before=(), start="x", **values):
    nodes = [
        *before,
        make.node("Conv", f"{start} w", "c"),
        make.node("GlobalAveragePool", "c", "p"),
        make.node("Flatten", "p", "y"),
    ]
    inputs, outputs = [make.value("x", shape, **values)], [make.value("y", ["N", 4])]
    return make.model(nodes, inputs, outputs, [make.random("w", 4, channels, 3, 3)])


def transposed(make, shape, op="Transpose", **attributes):
    before = [make.node(op, "x", "t", **attributes)]
    return convolution(make, shape, before=before, start="t")


@pytest.mark.parametrize(
    ("shape", "n_values", "layout", "expected"),
    [
        ((1, 3, 4, 4), 48, "nchw", (3, 4, 4)),
        ((4, 3, 4, 4), 48, "nchw", (3, 4, 4)),
        (("N", 1, 5, 6), 30, "nchw", (1, 5, 6)),
        (("unk__17", 5, 6, 3), 90, "nhwc", (3, 5, 6)),
        (("None", 28, 28, 1), 784, "nhwc", (1, 28, 28)),
        ((None, 784), 784, "flat", (1, 28, 28)),
        ((1, 1, 1, 784), 784, "flat", (1, 28, 28)),
        (("N", 1, 784), 784, "flat", (1, 28, 28)),
        (("N", 3 * 784), 3 * 784, "flat", (3, 28, 28)),
        (("N", 10, 12), 120, "nhw", (1, 10, 12)),
        ((1, 1, 512), 512, "array", (1, 512)),
        (("N", 8), 8, "array", (8,)),
        (("N", 7, 5, 6), 210, "array", (7, 5, 6)),
        (("N", 3, 4, 4, 2), 96, "array", (3, 4, 4, 2)),
    ],
)
def test_the_layout_is_read_off_the_shape(opened, make, shape, n_values, layout, expected):
    encoder = opened(make.dense(shape, n_values))
    assert (encoder.arrangement.layout.layout, encoder.spec.shape) == (layout, expected)


@pytest.mark.parametrize("batch", ["N", "", None, -1, 0])
def test_a_dynamic_batch_may_be_declared_in_any_way(opened, make, images, batch):
    made = make.dense(("N", 3, 4, 4))
    dim = made.graph.input[0].type.tensor_type.shape.dim[0]
    dim.Clear()
    if isinstance(batch, str):
        dim.dim_param = batch
    elif batch is not None:
        dim.dim_value = batch
    encoder = opened(made)
    assert (encoder.rows, encoder.encode(images(encoder)).shape) == (None, (5, 5))


@pytest.mark.parametrize("dims", [(0, 0), (-1, -1)])
def test_height_and_width_of_no_length_are_dynamic(opened, make, images, dims):
    made = convolution(make, ["N", 3, 9, 9])
    for dim, length in zip(made.graph.input[0].type.tensor_type.shape.dim[2:], dims, strict=True):
        dim.dim_value = length
    encoder = opened(made, size=(6, 7))
    assert encoder.encode(images(encoder)).shape == (5, 4)


@pytest.mark.parametrize(
    ("shape", "attributes", "layout"),
    [
        (("N", None, None, 3), {"perm": [0, 3, 1, 2]}, "nhwc"),
        (("N", None, None, None), {"perm": [0, 3, 1, 2]}, "nhwc"),
        (("N", 3, 8, 3), {"perm": [0, 3, 1, 2]}, "nhwc"),
    ],
)
def test_a_transposition_tells_channels_last(opened, make, shape, attributes, layout):
    encoder = opened(transposed(make, shape, **attributes), size=(3, 8))
    assert (encoder.arrangement.layout.layout, encoder.spec.shape) == (layout, (3, 3, 8))


def quantised(make):
    scale, zero = [make.constant("s", 0.01), make.constant("z", 0, "uint8")], "s z"
    nodes = [
        make.node("QuantizeLinear", f"x {zero}", "q"),
        make.node("DequantizeLinear", f"q {zero}", "d"),
    ]
    return nodes, scale


def resized(make):
    return [make.node("Resize", "x - k", "d", mode="nearest")], [make.constant("k", [1, 1, 2, 2])]


def shifted(make):
    nodes = [make.node("Sub", "x a", "b"), make.node("Mul", "b a", "d")]
    return nodes, [make.constant("a", 0.5)]


@pytest.mark.parametrize("first", [quantised, resized, shifted])
def test_dynamic_channels_are_recognised_behind_the_first_operators(opened, make, codes, first):
    before, constants = first(make)
    made = convolution(make, ["N", None, 8, 8], before=before, start="d")
    made.graph.initializer.extend(constants)
    encoder = opened(made)
    assert (encoder.arrangement.layout.layout, encoder.spec.shape) == ("nchw", (3, 8, 8))
    assert codes(encoder) == ["INP005", "PRE001"]


def test_bytes_are_cast_before_the_first_layer(opened, make, images):
    before = [
        make.node("Cast", "x", "f", to=1),
        make.node("Transpose", "f", "t", perm=[0, 3, 1, 2]),
    ]
    encoder = opened(convolution(make, ["N", 8, 8, None], before=before, start="t", of="uint8"))
    assert (encoder.arrangement.layout.layout, encoder.arrangement.dtype) == ("nhwc", np.uint8)


def test_open_height_and_width_are_said_to_be_224(opened, make):
    encoder = opened(convolution(make, ["N", 3, None, None]))
    found = next(one for one in encoder.findings if one.code == "INP005")
    assert (encoder.spec.shape, found.message, found.fix) == (
        (3, 224, 224),
        "x (float32 [?, 3, ?, ?]) leaves its height and width open: 224x224 is used",
        "Give --size HxW.",
    )


def test_a_size_that_is_told_leaves_nothing_open(opened, make, codes):
    encoder = opened(convolution(make, ["N", 3, None, None]), size=(6, 9))
    assert (encoder.spec.shape, codes(encoder)) == ((3, 6, 9), ["PRE001"])


@pytest.mark.parametrize(
    ("shape", "options", "message"),
    [
        (
            ("N", 3, 4, 4),
            {"size": (8, 8)},
            (
                "--size must equal the fixed height and width of the "
                "model, 4x4; got 8x8 for x (float32 [?, 3, 4, 4])"
            ),
        ),
        (
            ("N", 3, 4, 4),
            {"layout": "nhw"},
            ("layout nhw must have 3 axes; got x (float32 [?, 3, 4, 4])"),
        ),
        (
            ("N", 4, 4, 3),
            {"layout": "nchw"},
            ("an image must have 1 or 3 channels; got 4 in x (float32 [?, 4, 4, 3])"),
        ),
        (
            ("N", 50),
            {"layout": "flat"},
            ("a flat image must have 1 or 3 x 28 x 28 values; got x (float32 [?, 50])"),
        ),
        (
            ("N", None),
            {},
            (
                "an input that is no image must have known lengths after the batch axis; "
                "got x (float32 [?, ?])"
            ),
        ),
        (
            ("N",),
            {},
            ("input must have an axis beside that of the batch; got x (float32 [?])"),
        ),
        ((), {}, "input must have a declared shape with a batch axis; got x (float32 [])"),
        (None, {}, "input must have a declared shape with a batch axis; got x (float32)"),
    ],
)
def test_a_shape_that_leaves_open_what_it_is_is_refused(refused, make, shape, options, message):
    error = refused(make.dense(shape), **options)
    assert (type(error), error.code, error.message) == (UsageError, "INP004", message)


def test_an_axis_without_batch_is_refused_rather_than_misread(refused, make):
    nodes = [make.node("Reshape", "x s", "f"), make.node("MatMul", "f w", "y")]
    weights = [make.constant("s", [1, 48], "int64"), make.random("w", 48, 5)]
    made = make.model(nodes, [make.value("x", (3, 4, 4))], [make.value("y", (1, 5))], weights)
    assert refused(made).code == "OUT005"


def test_initializers_listed_as_inputs_are_not_fed(opened, make):
    made = make.dense()
    made.ir_version = 3
    made.graph.input.append(make.value("w", (48, 5)))
    assert opened(made).input == "x"


@pytest.mark.parametrize("of", ["float32", "float16", "float64"])
def test_encodings_have_the_type_of_the_network(opened, make, images, of):
    encoder = opened(make.dense(of=of))
    assert (encoder.arrangement.dtype, encoder.encode(images(encoder)).dtype) == (of, of)


def test_a_network_that_takes_bytes_gets_rounded_values_up_to_255(opened, make):
    nodes = [make.node("Flatten", "x", "f"), make.node("Cast", "f", "y", to=1)]
    inputs, outputs = [make.value("x", ("N", 1, 2, 2), "uint8")], [make.value("y", ("N", 4))]
    encoder = opened(make.model(nodes, inputs, outputs))
    inputs = np.array([[0, 0.5, 1 / 255 + 1e-4, 1]], dtype=np.float32).reshape(1, 1, 2, 2)
    assert encoder.encode(inputs).tolist() == [[0, 128, 1, 255]]


@pytest.mark.parametrize("of", ["bfloat16", "int32", "string", "bool"])
def test_a_type_that_cannot_be_altered_is_refused(refused, make, of):
    nodes = [make.node("Identity", "x", "i"), make.node("Shape", "i", "s")]
    nodes += [make.node("Cast", "s", "y", to=1)]
    error = refused(make.model(nodes, [make.value("x", ("N", 4), of)], [make.value("y", (2,))]))
    assert (type(error), error.code, error.message) == (
        SubjectError,
        "INP003",
        f"one input must be of type float32, float16, float64, uint8; got x ({of} [?, 4])",
    )


@pytest.mark.parametrize("named", [None, "x"])
def test_quantised_values_are_refused_for_what_they_are(opened, refused, make, named):
    nodes = [make.node("DequantizeLinear", "x s z", "d"), make.node("Flatten", "d", "f")]
    nodes.append(make.node("MatMul", "f w", "y"))
    stored = [
        make.random("w", 48, 5),
        make.constant("s", 1 / 255),
        make.constant("z", -128, "int8"),
    ]
    made = make.model(
        nodes, [make.value("x", ("N", 3, 4, 4), "int8")], [make.value("y", ("N", 5))], stored
    )
    error = refused(made, input=named)
    assert (error.code, "tokens" in error.fix) == ("INP003", False)
    assert "extract_model(MODEL, NEW, ['d'], [OUTPUT])" in error.fix
    healed = Extractor(shape_inference.infer_shapes(made)).extract_model(["d"], ["y"])
    assert opened(healed).input == "d"


def test_a_type_newer_than_the_installed_onnx_is_named(refused, make):
    made = make.dense()
    made.graph.input[0].type.tensor_type.elem_type = 99
    assert refused(made).message.endswith("got x (type 99 [?, 3, 4, 4])")


def two_inputs(make, shape=("N", 3, 4, 4), of="float32", op="Add"):
    """x -> e (N, 5), and e with a second input z -> y."""
    nodes = [make.node("Flatten", "x", "f"), make.node("MatMul", "f w", "e")]
    nodes += [make.node("Cast", "z", "c", to=1), make.node(op, "e c", "y")]
    inputs = [make.value("x", ("N", 3, 4, 4)), make.value("z", shape, of)]
    outputs = [make.value("y", ("N", 5))]
    return make.model(nodes, inputs, outputs, [make.random("w", 48, 5)])


def test_inputs_that_the_encodings_do_not_need_are_left_out(opened, make, images):
    encoder = opened(two_inputs(make, of="string"), output="e")
    assert (encoder.input, encoder.encode(images(encoder)).shape) == ("x", (5, 5))


def test_an_input_that_alone_feeds_the_encodings_is_said_to_do_that(opened, make):
    def why(made):
        encoder = opened(made)
        return next(one.message for one in encoder.findings if one.code == "INP001")

    made = make.dense()
    assert "the only input that can be altered" in why(made)
    made.graph.input.append(make.value("other", ("N", 3, 4, 4)))
    made.graph.node.append(make.node("Neg", "other", "negative"))
    assert (
        "altered input: x (float32 [?, 3, 4, 4]), the only input that feeds the encodings"
        in why(made)
    )


@pytest.mark.parametrize("shape", [(), (1,), ("N", 1)])
def test_a_single_float_is_not_what_is_altered(opened, make, shape):
    encoder = opened(two_inputs(make, shape), feeds=[("z", "0.5")])
    assert encoder.input == "x"


def test_two_inputs_that_can_be_altered_must_be_chosen_from(refused, make):
    error = refused(two_inputs(make, ("N", 3, 1, 1)))
    assert (type(error), error.code, error.message) == (
        UsageError,
        "INP002",
        (
            "one input must be chosen to be altered; got 2 candidates: x (float32 [?, 3, 4, 4]); "
            "z (float32 [?, 3, 1, 1])"
        ),
    )


def test_an_input_that_does_not_exist_is_refused(refused, make):
    assert refused(make.dense(), input="X").message == (
        "--input must name an input (x (float32 [?, 3, 4, 4])); got 'X'"
    )


def test_an_input_that_the_encodings_do_not_need_cannot_be_altered(refused, make):
    error = refused(two_inputs(make, (1, 5)), input="z", output="e")
    assert (error.code, error.message) == (
        "INP002",
        "--input must name an input that e depends on (x (float32 [?, 3, 4, 4])); got 'z'",
    )


def test_an_input_that_cannot_be_altered_is_refused_when_told(refused, make):
    error = refused(two_inputs(make, (1, 5), "int64"), input="z", feeds=[("x", "0")])
    assert (type(error), error.code) == (SubjectError, "INP003")


@pytest.mark.parametrize(
    ("shape", "of", "text", "added"),
    [
        ((), "float32", "0.5", 0.5),
        ((1, 5), "float32", "-2", -2),
        (("N", 5), "int64", "3", 3),
        (("N", "M"), "int64", "3", 3),
        ((1,), "bool", "true", 1),
        ((1,), "bool", "False", 0),
        ((1,), "uint8", "255", 255),
        ((), "string", "7", 7),
        (None, "float64", "1e-1", 0.1),
    ],
)
def test_another_input_is_fed_with_a_value(opened, make, images, shape, of, text, added):
    encoder = opened(two_inputs(make, shape, of), input="x", feeds=[("z", text)])
    inputs = images(encoder)
    plain = opened(two_inputs(make, shape, of), output="e").encode(inputs)
    np.testing.assert_allclose(encoder.encode(inputs), plain + added, atol=1e-6)


@pytest.mark.parametrize("shape", [(1, 5), ("N", 5), (None, None)])
def test_another_input_is_fed_with_an_array(opened, make, images, tmp_path, shape):
    np.save(tmp_path / "z.npy", np.arange(5.0)[None])
    made = two_inputs(make, shape)
    encoder = opened(made, input="x", feeds=[("z", str(tmp_path / "z.npy"))])
    inputs = images(encoder)
    plain = opened(made, output="e").encode(inputs)
    np.testing.assert_allclose(encoder.encode(inputs), plain + np.arange(5), atol=1e-6)


def test_a_fed_value_is_repeated_along_a_fixed_batch(opened, make, images):
    made = two_inputs(make, (2, 5), "int64")
    made.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 2
    encoder = opened(made, feeds=[("z", "3")])
    assert encoder.encode(images(encoder)).shape == (5, 5)


@pytest.mark.parametrize(
    ("of", "text", "wanted"),
    [
        ("float32", "warm", "number"),
        ("int64", "1.5", "whole number of type int64"),
        ("uint8", "256", "whole number of type uint8"),
        ("uint8", "-1", "whole number of type uint8"),
        ("bool", "maybe", "truth value (true, false)"),
    ],
)
def test_a_fed_value_of_another_type_is_refused(refused, make, of, text, wanted):
    error = refused(two_inputs(make, (1, 5), of), input="x", feeds=[("z", text)])
    assert (type(error), error.code, error.message) == (
        UsageError,
        "INP006",
        f"the value of z ({of} [1, 5]) must be a {wanted}; got {text!r}",
    )


def test_an_input_without_a_value_is_refused_with_the_option_that_gives_one(refused, make):
    error = refused(two_inputs(make, ("N", 5), "int64"))
    assert (error.code, error.message, error.fix) == (
        "INP006",
        "every input that the encodings depend on must have a value; got none for z (int64 [?, 5])",
        "Add --feed z=VALUE (a number, a text, or a .npy file).",
    )


def test_a_value_for_an_input_that_does_not_exist_is_refused(refused, make):
    error = refused(make.dense(), feeds=[("mask", "1")])
    assert (error.code, error.message) == (
        "INP006",
        (
            "--feed must name an input beside 'x' that the encodings depend on (there is none); "
            "got 'mask'"
        ),
    )


@pytest.mark.parametrize(
    "array", [np.zeros((2, 4)), np.zeros(5), np.array([["a"] * 5]), 1j * np.ones((1, 5))]
)
def test_a_fed_array_that_does_not_fit_is_refused(refused, make, tmp_path, array):
    np.save(tmp_path / "z.npy", array)
    made = two_inputs(make, (1, 5))
    error = refused(made, input="x", feeds=[("z", str(tmp_path / "z.npy"))])
    assert (type(error), error.code) == (UsageError, "INP006")
    assert error.message.endswith(f"of z (float32 [1, 5]); got {array.dtype} {array.shape}")


@pytest.mark.parametrize("content", [b"", b"no array", None])
def test_a_fed_file_that_is_no_array_is_unreadable(refused, make, tmp_path, content):
    if content is None:
        np.save(tmp_path / "z.npy", np.array([{}]), allow_pickle=True)
    else:
        (tmp_path / "z.npy").write_bytes(content)
    error = refused(two_inputs(make, (1, 5)), input="x", feeds=[("z", str(tmp_path / "z.npy"))])
    assert (type(error), error.code) == (UnreadableError, "INP006")

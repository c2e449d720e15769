"""Recurrent layers against ONNX Runtime's own, and their gradients against quotients."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("onnxruntime")

from onnx import helper

from rmqm_onnx.gradients import GradientSession, unsupported
from rmqm_onnx.gradients.activation_names import named_activations
from rmqm_onnx.gradients.step import NoRuleError, Step
from rmqm_onnx.gradients.tape import Tape

T, N, C, H = 4, 2, 3, 5
GATES = {"RNN": 1, "GRU": 3, "LSTM": 4}


def f(*shape, seed=7):
    return (0.6 * np.random.default_rng(seed).normal(size=shape)).astype(np.float32)


def recurrent(make, operator, given=(), outputs="Y", axis_of_batch=0, **attributes):
    """Batch first, as encoders have it; the layer itself wants time first."""
    n_directions = 2 if attributes.get("direction") == "bidirectional" else 1
    gates = GATES[operator] * H
    known = {
        "W": f(n_directions, gates, C),
        "R": f(n_directions, gates, H, seed=8),
        "B": f(n_directions, 2 * gates, seed=9),
        "lengths": np.array([2, 4]),
        "h0": f(n_directions, N, H, seed=10),
        "c0": 2 * f(n_directions, N, H, seed=11),
        "P": f(n_directions, 3 * H, seed=12),
    }
    names = ["W", "R", *given]
    weights = [
        make.constant(name, known[name], "int32" if name == "lengths" else "float32")
        for name in names
        if name != "-"
    ]
    nodes = [
        make.node("Transpose", "x", "t", perm=[1, 0, 2]),
        make.node(operator, f"t {' '.join(names)}", outputs, hidden_size=H, **attributes),
    ]
    made = [name for name in outputs.split() if name != "-"]
    turned = [f"{name}_flat" for name in made]
    for name in made:
        rank = 4 if name == "Y" else 3
        perm = [2, 0, 1, 3] if rank == 4 else [1, 0, 2]
        nodes.append(make.node("Transpose", name, f"{name}_first", perm=perm))
        nodes.append(make.node("Flatten", f"{name}_first", f"{name}_flat", axis=1))
    nodes.append(make.node("Concat", " ".join(turned), "y", axis=1))
    fixed = {"h0", "c0", "lengths"} & set(names)
    shape = [N if fixed else "N", T, C]
    return make.model(nodes, [make.value("x", shape)], [make.value("y", None)], weights, opset=18)


CASES = {
    "RNN": ("RNN", ["B"], "Y Y_h", {}),
    "RNN without bias": ("RNN", [], "Y", {}),
    "RNN relu both ways": (
        "RNN",
        ["B"],
        "Y Y_h",
        {
            "direction": "bidirectional",
            "activations": ["Softsign", "LeakyRelu"],
            "activation_alpha": [0.3],
        },
    ),
    "RNN lengths": ("RNN", ["B", "lengths"], "Y Y_h", {"direction": "reverse"}),
    "GRU": ("GRU", ["B"], "Y Y_h", {}),
    "GRU without bias": ("GRU", [], "- Y_h", {"linear_before_reset": 1}),
    "GRU before reset": ("GRU", ["B"], "Y", {"linear_before_reset": 1}),
    "GRU all": (
        "GRU",
        ["B", "lengths", "h0"],
        "Y Y_h",
        {"direction": "bidirectional", "linear_before_reset": 1},
    ),
    "GRU hard": (
        "GRU",
        ["B"],
        "Y",
        {
            "activations": ["HardSigmoid", "Tanh"],
            "activation_alpha": [0.15],
            "activation_beta": [0.45],
        },
    ),
    "LSTM": ("LSTM", ["B"], "Y Y_h Y_c", {}),
    "LSTM without bias": ("LSTM", [], "- Y_h", {}),
    "LSTM reverse": ("LSTM", ["B"], "Y Y_h Y_c", {"direction": "reverse"}),
    "LSTM both ways": ("LSTM", ["B"], "Y Y_h Y_c", {"direction": "bidirectional"}),
    "LSTM states": ("LSTM", ["B", "-", "h0", "c0"], "Y Y_c", {}),
    "LSTM all": (
        "LSTM",
        ["B", "lengths", "h0", "c0", "P"],
        "Y Y_h Y_c",
        {"direction": "bidirectional"},
    ),
    "LSTM peepholes": ("LSTM", ["B", "-", "-", "-", "P"], "Y", {}),
    "LSTM coupled": ("LSTM", ["B"], "Y", {"input_forget": 1}),
    "LSTM activations": (
        "LSTM",
        ["B"],
        "Y",
        {
            "activations": ["HardSigmoid", "Elu", "ScaledTanh"],
            "activation_alpha": [0.2, 0.7, 1.2],
            "activation_beta": [0.5, 0.9],
        },
    ),
    "RNN clipped": ("RNN", ["B"], "Y Y_h", {"clip": 0.4}),
    "GRU clipped": ("GRU", ["B"], "Y Y_h", {"clip": 0.4}),
    "GRU clipped before reset": ("GRU", ["B"], "Y", {"clip": 0.4, "linear_before_reset": 1}),
    "LSTM clipped": ("LSTM", ["B", "-", "h0", "c0", "P"], "Y Y_h Y_c", {"clip": 0.3}),
}


@pytest.mark.parametrize("name", CASES)
def test_a_layer_agrees_with_the_runtime(name, make, build, check):
    operator, given, outputs, attributes = CASES[name]
    check(recurrent(make, operator, given, outputs, **attributes), build.spread((N, T, C)))


def batch_first(make, operator, given=(), **attributes):
    """The layer with ``layout=1``, which ONNX Runtime does not run."""
    n_directions = 2 if attributes.get("direction") == "bidirectional" else 1
    gates = GATES[operator] * H
    known = {
        "W": f(n_directions, gates, C),
        "R": f(n_directions, gates, H, seed=8),
        "B": f(n_directions, 2 * gates, seed=9),
        "h0": f(N, n_directions, H, seed=10),
        "c0": f(N, n_directions, H, seed=11),
    }
    names = ["W", "R", *given]
    stored = [make.constant(name, known[name]) for name in names if name != "-"]
    outputs = "Y Y_h Y_c" if operator == "LSTM" else "Y Y_h"
    flat = [make.node("Flatten", name, f"{name}_flat", axis=1) for name in outputs.split()]
    joined = make.node("Concat", " ".join(f"{name}_flat" for name in outputs.split()), "y", axis=1)
    shape = [N if "h0" in names else "N", T, C]
    inputs, ends = [make.value("x", shape)], [make.value("y", None)]
    layer = make.node(operator, f"x {' '.join(names)}", outputs, hidden_size=H, layout=1)
    layer.attribute.extend(helper.make_attribute(*pair) for pair in attributes.items())
    return make.model([layer, *flat, joined], inputs, ends, stored, opset=18)


@pytest.mark.parametrize("operator", GATES)
@pytest.mark.parametrize(
    ("given", "direction"), [(["B"], "forward"), (["B", "-", "h0"], "bidirectional")]
)
def test_a_layer_with_the_batch_first_agrees_with_the_definition(
    operator, given, direction, make, build
):
    """ONNX Runtime has no kernel for it, so the evaluator of onnx is the judge."""
    states = [*given, "c0"] if operator == "LSTM" and "h0" in given else given
    model = batch_first(make, operator, states, direction=direction)
    x = build.spread((N, T, C))
    found = build.reference_errors(model, x)
    assert found.y < 1e-5
    assert found.vjp < 2e-5


def test_an_activation_that_is_not_known_is_named():
    node = helper.make_node("RNN", ["x"], ["y"], activations=["Nonsense"])
    with pytest.raises(NoRuleError, match="'Nonsense' is not known"):
        named_activations(Step(Tape(18), node, [], []), ["Tanh"])


def test_a_sequence_as_long_as_the_batch_is_named(make, build):
    nodes = [make.node("Unsqueeze", "x one", "u"), make.node("LSTM", "u W R", "Y", hidden_size=H)]
    weights = [make.constant("one", [1], "int64")]
    weights += [make.constant("W", f(1, 4 * H, C)), make.constant("R", f(1, 4 * H, H))]
    inputs, outputs = [make.value("x", ["N", C])], [make.value("Y", None)]
    (one,) = unsupported(make.model(nodes, inputs, outputs, weights, opset=18))
    assert one.reason == "its length of sequence depends on the batch"


@pytest.mark.parametrize("batch", ["N", None])
@pytest.mark.parametrize("n_rows", [1, 3, 7])
def test_states_given_as_inputs_have_the_batch_on_their_second_axis(n_rows, batch, make, build):
    nodes = [
        make.node("Transpose", "x", "t", perm=[1, 0, 2]),
        make.node("LSTM", "t W R B - h c", "- Y", hidden_size=H, direction="bidirectional"),
        make.node("Transpose", "Y", "z", perm=[1, 0, 2]),
        make.node("Flatten", "z", "y"),
    ]
    weights = [make.constant("W", f(2, 4 * H, C)), make.constant("R", f(2, 4 * H, H))]
    weights.append(make.constant("B", f(2, 8 * H)))
    inputs = [make.value("x", [batch, T, C])]
    inputs += [make.value(name, [2, batch, H]) for name in "hc"]
    model = make.model(nodes, inputs, [make.value("y", None)], weights, opset=18)
    rng = np.random.default_rng(0)
    h, c = rng.normal(size=(2, 2, n_rows, H)).astype(np.float32)
    feeds = {"x": build.spread((n_rows, T, C)), "h": h, "c": c}
    example = {"x": feeds["x"][:1], "h": h[:, :1], "c": c[:, :1]}
    session = GradientSession(model, example=example)
    way, ct = f(n_rows, T, C), f(n_rows, 2 * H)
    _, pullback = session.vjp(feeds)
    _, derivative = session.jvp(feeds, way)
    assert (pullback(ct) * way).sum() == pytest.approx((derivative * ct).sum(), rel=1e-4)
    plain = build.session(model)
    near, far = (plain.run(None, {**feeds, "x": feeds["x"] + s * way})[0] for s in (1e-2, -1e-2))
    np.testing.assert_allclose(derivative, (near - far) / 2e-2, atol=2e-3)


def test_a_layer_before_a_dense_layer_of_a_fixed_batch(make, build, check):
    """ONNX Runtime would add constants of the same name whenever it folds a sum with a product."""
    nodes = [
        make.node("Transpose", "x", "t", perm=[1, 0, 2]),
        make.node("LSTM", "t W R B", "Y", hidden_size=H),
        make.node("Squeeze", "Y one", "s"),
        make.node("MatMul", "s v", "p"),
        make.node("Add", "p b", "z"),
        make.node("Transpose", "z", "y", perm=[1, 0, 2]),
    ]
    weights = [make.constant("W", f(1, 4 * H, C)), make.constant("R", f(1, 4 * H, H))]
    weights += [make.constant("B", f(1, 8 * H)), make.constant("one", [1], "int64")]
    weights += [make.constant("v", f(H, 2)), make.constant("b", f(2))]
    inputs, outputs = [make.value("x", [N, T, C])], [make.value("y", None)]
    check(make.model(nodes, inputs, outputs, weights, opset=18), build.spread((N, T, C)))

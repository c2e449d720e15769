"""Recurrent layers against ONNX Runtime's own, and their gradients against quotients."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("onnxruntime")

from onnx import helper

from rmqm_onnx.gradients import unsupported
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
        "c0": f(n_directions, N, H, seed=11),
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
}


@pytest.mark.parametrize("name", CASES)
def test_a_layer_agrees_with_the_runtime(name, make, build, check):
    operator, given, outputs, attributes = CASES[name]
    check(recurrent(make, operator, given, outputs, **attributes), build.spread((N, T, C)))


def test_what_is_not_written_out_is_named_with_its_reason(make, build):
    model = recurrent(make, "LSTM", ["B"], "Y", clip=0.5)
    (one,) = unsupported(model, example=build.spread((1, T, C)))
    assert one.operator == "LSTM"
    assert one.reason == "it clips what goes into its activations"


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

"""The altered input is what the encodings are made of, never a state or a cache."""

from __future__ import annotations

import pytest

pytest.importorskip("onnxruntime")

from rmqm_onnx.choices.input import choose_input
from rmqm_onnx.reading.signature import declared_inputs
from rmqm_spec.errors import UsageError


def choice(make, *inputs, nodes=(), outputs=("y",)):
    """Choose among inputs (name, shape)."""
    values = [make.value(name, shape) for name, shape in inputs]
    results = [make.value(name, None) for name in outputs]
    graph = make.model(nodes, values, results).graph
    return choose_input(graph, declared_inputs(graph), None)


@pytest.mark.parametrize(
    "state",
    ["state", "h0", "c_in", "past_key_values.0.key", "cache_last_channel", "memory", "hx", "r1i"],
)
def test_a_state_with_the_shape_of_images_is_not_altered(make, state):
    chosen, why = choice(make, ("samples", ("N", 16000)), (state, (2, "N", 8, 8)))
    assert chosen.name == "samples"
    assert why == f"the only input that is no state; {state} could be named by --input instead"


def test_the_initial_state_of_a_recurrent_operator_is_a_state_whatever_its_name(make):
    nodes = [
        make.node("Unsqueeze", "b axes", "lifted"),
        make.node("LSTM", "a w r - - lifted", "y", hidden_size=4),
    ]
    inputs = [("a", (5, "N", 3)), ("b", ("N", 4))]
    assert choice(make, *inputs, nodes=nodes)[0].name == "a"


def test_an_input_that_comes_out_again_is_a_state(make):
    inputs = [("frames", ("N", 40)), ("conv_in", ("N", 4, 9))]
    assert choice(make, *inputs, outputs=("y", "conv_out"))[0].name == "frames"
    with pytest.raises(UsageError):
        choice(make, ("a", ("N", 40)), ("conv_in", ("N", 4, 9)))


def test_plain_names_are_no_states(make):
    chosen, _ = choice(make, ("in", ("N", 3, 8, 8)), ("threshold", ("N", 1)), outputs=("out",))
    assert chosen.name == "in"


def test_colour_images_come_before_masks_and_names_of_data_before_others(make):
    images = [("a", ("N", 1, 8, 8)), ("b", ("N", 3, 8, 8))]
    assert choice(make, *images)[0].name == "b"
    arrays = [("speed", ("N", 80)), ("audio_signal", ("N", 80))]
    chosen, why = choice(make, *arrays)
    assert (chosen.name, "speed could be named by --input" in why) == ("audio_signal", True)


def test_two_images_must_be_told_apart_by_the_user(make):
    with pytest.raises(UsageError) as caught:
        choice(make, ("a", ("N", 3, 8, 8)), ("b", ("N", 3, 8, 8)), ("state", (1, "N", 4)))
    assert "got 2 candidates: a" in caught.value.message
    assert "--input NAME" in caught.value.fix

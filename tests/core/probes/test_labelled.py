"""Labels follow their inputs; what cannot be judged is left out by name and reason."""

from collections import Counter

import numpy as np
import pytest

from rmqm_spec import EncoderTraits
from rmqm_spec.contracts.encoder import as_encoder
from rmqm_spec.contracts.inputs import Input
from rmqm_spec.errors import EncodingError, UnreadableError, UsageError
from rmqm_spec.inputs.in_memory import ArrayInputs
from rmqm_spec.probes import divide, encode_inputs, labelled, train_and_test

IDENTITY = as_encoder(lambda inputs: inputs + 0.1)


class SomeBroken:
    """Inputs of which every fifth cannot be read."""

    bounds = (0.0, 1.0)

    def __len__(self):
        return 23

    def name(self, index):
        return f"picture-{index}"

    def load(self, index):
        if index % 5 == 4:
            raise UnreadableError("IMG001", f"{self.name(index)} must open; got noise", fix="-")
        values = np.random.default_rng(index).random(3)
        return Input(id=f"id-{index}", name=self.name(index), values=values)


class Counting:
    def __init__(self, **traits):
        self.traits = EncoderTraits(**traits)
        self.sizes = []

    def encode(self, inputs):
        self.sizes.append(len(inputs))
        return inputs


def encoded(ids, seed=0):
    values = np.random.default_rng(seed).random((len(ids), 3))
    return encode_inputs(IDENTITY, ArrayInputs(values, (0, 1), ids))


def given(ids, labels, **options):
    return labelled(encoded(ids), lambda position: labels[position], **options)


def codes(found):
    return Counter(one.code for one in found.left_out)


@pytest.mark.parametrize("concurrency", [1, 3])
def test_inputs_are_encoded_in_order_without_those_that_cannot_be_read(concurrency):
    encoder = Counting(batch_size=4, concurrency=concurrency)
    seen = []
    found = encode_inputs(encoder, SomeBroken(), lambda *done: seen.append(done))
    expected = [k for k in range(23) if k % 5 != 4]
    assert found.positions == tuple(expected)
    assert found.ids == tuple(f"id-{k}" for k in expected)
    values = np.stack([np.random.default_rng(k).random(3) for k in expected])
    np.testing.assert_allclose(
        found.vectors, values / np.linalg.norm(values, axis=1, keepdims=True), rtol=1e-15
    )
    assert [one.name for one in found.left_out] == [
        "picture-4",
        "picture-9",
        "picture-14",
        "picture-19",
    ]
    assert max(encoder.sizes) == 4
    assert seen[-1] == (23, 23)


def test_nothing_readable_is_told():
    class Broken(SomeBroken):
        def load(self, index):
            raise UnreadableError("IMG001", "it must open; got noise", fix="-")

    with pytest.raises(UnreadableError, match=r"got 0 of 23, the first because it must open"):
        encode_inputs(IDENTITY, Broken())


@pytest.mark.parametrize(("value", "code"), [(0.0, "ENC002"), (np.nan, "ENC001")])
def test_an_encoding_without_a_direction_names_its_input(value, code):
    def collapse(inputs):
        found = inputs.copy()
        found[2] = value
        return found

    values = np.random.default_rng(0).random((4, 3))
    with pytest.raises(EncodingError, match=r"inputs\[2\] \(id beef") as caught:
        encode_inputs(as_encoder(collapse), ArrayInputs(values, (0, 1), ["a", "b", "beef", "c"]))
    assert caught.value.code == code


def test_a_length_that_depends_on_the_batch_is_refused():
    class Growing(Counting):
        def encode(self, inputs):
            return np.ones((len(inputs), len(inputs)))

    with pytest.raises(EncodingError, match=r"same length; got 3 and 1"):
        encode_inputs(Growing(batch_size=3), ArrayInputs(np.ones((4, 2)), (0, 1), "abcd"))


def test_labels_follow_positions():
    found = labelled(
        encode_inputs(IDENTITY, SomeBroken()), lambda position: f"class-{position % 3}"
    )
    assert found.labels == tuple(f"class-{int(one[3:]) % 3}" for one in found.ids)
    assert codes(found) == {"IMG001": 4}


def test_without_a_label_an_input_is_left_out():
    found = given(["a", "b", "c"], ["x", None, "y"])
    assert found.ids == ("a", "c")
    assert [(one.code, one.message) for one in found.left_out] == [
        ("PRB001", "inputs[1] must have a label; got none")
    ]


def test_copies_with_one_label_count_once_and_those_with_two_not_at_all():
    found = given(["a", "b", "a", "b", "c"], ["x", "x", "x", "y", "y"])
    assert found.ids == ("a", "c")
    assert codes(found) == {"PRB002": 2, "PRB007": 1}
    assert "got 'x', 'y'" in next(one.message for one in found.left_out if one.code == "PRB002")


def test_a_copy_elsewhere_with_another_label_makes_an_input_ambiguous():
    found = given(["a", "b"], ["x", "y"], ambiguous={1})
    assert found.ids == ("a",)
    assert codes(found) == {"PRB002": 1}


def test_the_only_member_of_a_class_is_left_out():
    parts = divide(given(list("abcde"), ["x", "x", "y", "y", "z"]))
    assert parts.classes == ("x", "y")
    assert [one.message for one in parts.test.left_out] == [
        "class 'z' must have at least 2 inputs to be split; got inputs[4] alone"
    ]
    assert sorted(parts.train.labels) == sorted(parts.test.labels) == ["x", "y"]


def test_one_class_is_no_task():
    with pytest.raises(UsageError, match=r"at least 2 classes .*; got 1 \('x'\)") as caught:
        divide(given(list("abc"), ["x", "x", "y"]))
    assert caught.value.code == "PRB004"


def test_without_any_label_the_first_reason_is_told():
    with pytest.raises(UsageError, match=r"got none; 2 inputs are left out, the first because inp"):
        divide(given(["a", "b"], [None, None]))


def test_two_sets_share_no_input_and_no_class_is_new():
    train = given(list("abcd"), ["x", "y", "x", "y"])
    test = given(list("defg"), ["y", "x", "z", "y"])
    parts = train_and_test(train, test)
    assert parts.test.ids == ("e", "g")
    assert codes(parts.test) == {"PRB005": 1, "PRB003": 1}


def test_sets_with_other_names_of_classes_are_refused():
    train, test = given(list("ab"), ["0", "1"]), given(list("cd"), ["zero", "one"])
    with pytest.raises(UsageError, match=r"got 0 of 2, the first because class 'zero'"):
        train_and_test(train, test)


def test_the_name_of_the_task_depends_on_inputs_labels_and_sides_alone():
    one = divide(given(list("abcd"), ["x", "x", "y", "y"]))
    same = divide(given(list("dcba"), ["y", "y", "x", "x"]))
    other = divide(given(list("abcd"), ["x", "y", "y", "x"]))
    assert one.sha256 == same.sha256
    assert one.sha256 != other.sha256
    assert train_and_test(one.test, one.train).sha256 != one.sha256

"""The split: by content alone, class by class."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rmqm_spec.errors import UsageError
from rmqm_spec.probes import stratified_split

LABELS = st.lists(st.sampled_from("abc"), min_size=1, max_size=60)
SHARES = st.floats(0.01, 0.99)


def ids_of(labels):
    return [f"id-{k}" for k in range(len(labels))]


@given(labels=LABELS, share=SHARES)
def test_each_class_is_on_both_sides_in_its_share(labels, share):
    train = stratified_split(ids_of(labels), labels, share)
    learnt = Counter(one for one, inside in zip(labels, train, strict=True) if inside)
    for label, n in Counter(labels).items():
        expected = min(max(int(share * n + 0.5), 1), n - 1) if n > 1 else 1
        assert learnt[label] == expected


@given(labels=LABELS, share=SHARES, seed=st.integers(0, 99))
def test_the_order_does_not_matter(labels, share, seed):
    ids, order = ids_of(labels), np.random.default_rng(seed).permutation(len(labels))
    train = stratified_split(ids, labels, share)
    again = stratified_split([ids[k] for k in order], [labels[k] for k in order], share)
    assert again.tolist() == train[order].tolist()


def test_the_rule_does_not_change():
    """Golden: another implementation must divide the same way."""
    train = stratified_split([f"{k:x}" for k in range(16)], ["one"] * 10 + ["two"] * 6)
    assert "".join("+" if one else "-" for one in train) == "+-+-+---++---+++"


@pytest.mark.parametrize("share", [0.0, 1.0, -1.0, float("nan")])
def test_a_share_leaves_something_on_both_sides(share):
    with pytest.raises(UsageError, match=r"share .* must be between 0 and 1; got"):
        stratified_split(["a", "b"], ["x", "x"], share)

"""Stated and computed numbers agree where both are undefined, and differ where one is."""

from __future__ import annotations

import math

import pytest

from rmqm_spec.validation.agreement import agreement


@pytest.mark.parametrize(
    ("stated", "computed", "problems"),
    [
        ({"S": [1.0, math.nan]}, {"S": [1.0, math.nan]}, 0),
        ({"S": [1.0, math.nan]}, {"S": [1.0, 2.0]}, 1),
        ({"S": [1.0, 2.0]}, {"S": [1.0, math.nan]}, 1),
        ({"S": "nan"}, {"S": math.nan}, 1),
        ({"S": 1.0}, {"S": 1.0 + 1e-12}, 0),
        ({"S": 1.0}, {}, 1),
    ],
)
def test_what_counts_as_a_problem(stated, computed, problems):
    assert len(agreement(stated, computed).problems) == problems


def test_undefined_numbers_agree_bit_for_bit():
    assert agreement({"S": math.nan}, {"S": math.nan}).exact

"""What a subject is given: copies, and a word on what an implementation wrote to."""

import numpy as np
import pytest

from rmqm_conformance.properties.requests import sound
from rmqm_conformance.subject import PythonSubject
from rmqm_spec.cli.conformance.own_implementation import OwnImplementation


class Writing(OwnImplementation):
    """Writes to arrays, to lists and inside networks before it answers."""

    def pool(self, *, output, how):
        output[:] = 0.0
        return super().pool(output=output, how=how)

    def name_inputs(self, *, ids):
        ids.sort()
        return super().name_inputs(ids=ids)

    def evaluate(self, *, network, **rest):
        network["weight"] *= 2.0
        return super().evaluate(network=network, **rest)


@pytest.mark.parametrize(
    ("name", "argument"), [("pool", "output"), ("name_inputs", "ids"), ("evaluate", "network")]
)
def test_an_argument_that_was_written_to_is_named(name, argument):
    assert PythonSubject(Writing()).touched(name, **sound(name)) == argument
    assert PythonSubject(OwnImplementation()).touched(name, **sound(name)) == ""


def test_the_kit_keeps_its_own_arrays():
    output = np.arange(24.0).reshape(2, 3, 4)
    PythonSubject(Writing()).perform("pool", output=output, how="mean")
    np.testing.assert_array_equal(output, np.arange(24.0).reshape(2, 3, 4))

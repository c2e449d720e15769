"""
Hypothesis strategies for the data of the specification, on which laws are tried.

Each strategy draws a seed and a few numbers that say how large the data are and of which kind;
NumPy makes the arrays from them. Examples therefore cost microseconds, and a counterexample shrinks
towards few inputs, few levels and the plainest kind. The strategies work in any test suite:

>>> import numpy as np
>>> from hypothesis import given
>>> @given(trajectory=trajectories())
... def test_finite(trajectory):
...     assert np.isfinite(trajectory).all()
>>> test_finite()
"""

from __future__ import annotations

from rmqm_conformance.strategies.arrays import (
    any_arrays,
    images,
)
from rmqm_conformance.strategies.batches import (
    Batch,
    inputs,
    names,
)
from rmqm_conformance.strategies.choices import (
    Array,
    Levels,
    Network,
    bounds,
    decimal_bounds,
    levels,
    seeds,
    variants,
)
from rmqm_conformance.strategies.distances import (
    KINDS_OF_DISTANCES,
    Distances,
    distances,
)
from rmqm_conformance.strategies.neighbourhoods import (
    KINDS_OF_POINTS,
    Neighbourhood,
    neighbourhoods,
)
from rmqm_conformance.strategies.networks import (
    evaluations,
    networks,
)
from rmqm_conformance.strategies.representations import (
    KINDS_OF_TRAJECTORIES,
    trajectories,
)
from rmqm_conformance.strategies.spectra import (
    ACTIVATIONS,
    Layers,
    PlainAutoencoder,
    PlainEncoder,
    Points,
    autoencoders,
    layered_encoders,
    points,
    square_matrices,
)

__all__ = [
    "ACTIVATIONS",
    "KINDS_OF_DISTANCES",
    "KINDS_OF_POINTS",
    "KINDS_OF_TRAJECTORIES",
    "Array",
    "Batch",
    "Distances",
    "Layers",
    "Levels",
    "Neighbourhood",
    "Network",
    "PlainAutoencoder",
    "PlainEncoder",
    "Points",
    "any_arrays",
    "autoencoders",
    "bounds",
    "decimal_bounds",
    "distances",
    "evaluations",
    "images",
    "inputs",
    "layered_encoders",
    "levels",
    "names",
    "neighbourhoods",
    "networks",
    "points",
    "seeds",
    "square_matrices",
    "trajectories",
    "variants",
]

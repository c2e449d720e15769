"""The geometry of encodings: NNK neighbourhoods of inputs, of labels, and under alterations."""

from rmqm_spec.geometries.altered import altered_sets, ends_of_sets
from rmqm_spec.geometries.columns import AlteredSets, Columns
from rmqm_spec.geometries.comparing import agreements, best_of, compare_geometries
from rmqm_spec.geometries.kernels import kernel_named
from rmqm_spec.geometries.measuring import columns_of
from rmqm_spec.geometries.quantities import quantities
from rmqm_spec.geometries.sections import numbers_of
from rmqm_spec.probes.means import Mean, difference_of, mean_of

__all__ = [
    "AlteredSets",
    "Columns",
    "Mean",
    "agreements",
    "altered_sets",
    "best_of",
    "columns_of",
    "compare_geometries",
    "difference_of",
    "ends_of_sets",
    "kernel_named",
    "mean_of",
    "numbers_of",
    "quantities",
]

"""Two results of any origin: what differs between them, by how much, and where it comes from."""

from rmqm_spec.differences.document import SCHEMA, difference_document
from rmqm_spec.differences.fields import FieldDifference, unlike_fields
from rmqm_spec.differences.scores import (
    MovedInput,
    ScoreDifference,
    Term,
    score_difference,
)
from rmqm_spec.differences.shared import comparable_pair

__all__ = [
    "SCHEMA",
    "FieldDifference",
    "MovedInput",
    "ScoreDifference",
    "Term",
    "comparable_pair",
    "difference_document",
    "score_difference",
    "unlike_fields",
]

"""The kind of document that a score writes."""

from rmqm_spec.documents.kind import Kind
from rmqm_spec.results.record import ResultDocument

__all__ = ["RESULT"]

RESULT = Kind(schema="rmqm-result/1", name="result", record=ResultDocument)

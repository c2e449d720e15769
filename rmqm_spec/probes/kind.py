"""The kind of document that probes write."""

from rmqm_spec.documents.kind import Kind
from rmqm_spec.probes.record import ProbeDocument

__all__ = ["PROBE"]

PROBE = Kind(schema="rmqm-probe/1", name="probe", record=ProbeDocument)

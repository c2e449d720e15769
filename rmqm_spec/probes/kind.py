"""The kind of document that probes write."""

from rmqm_spec.documents.kind import Kind
from rmqm_spec.probes.record import ProbeDocument, ProbesDocument

__all__ = ["PROBE", "PROBES"]

PROBE = Kind(schema="rmqm-probe/1", name="probe", record=ProbeDocument)
PROBES = Kind(schema="rmqm-probes/1", name="probes", record=ProbesDocument)

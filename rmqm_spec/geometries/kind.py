"""The kinds of document that geometry writes and prints."""

from rmqm_spec.documents.kind import Kind
from rmqm_spec.geometries.record import GeometriesDocument, GeometryDocument

__all__ = ["GEOMETRIES", "GEOMETRY"]

GEOMETRY = Kind(schema="rmqm-geometry/1", name="geometry", record=GeometryDocument)
GEOMETRIES = Kind(schema="rmqm-geometries/1", name="geometries", record=GeometriesDocument)

"""The report of geometries: neighbours with their weights, altered inputs, polytopes, curves."""

from rmqm_spec.reports.geometry.content import GeometryContent, ReportedGeometry, ShownInput
from rmqm_spec.reports.geometry.page import geometry_page

__all__ = ["GeometryContent", "ReportedGeometry", "ShownInput", "geometry_page"]

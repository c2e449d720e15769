"""A report for its readers: people, machines, continuous integration, a README."""

from rmqm_conformance.formats.badge import badge
from rmqm_conformance.formats.junit import junit
from rmqm_conformance.formats.markdown import markdown
from rmqm_conformance.formats.text import text

__all__ = ["badge", "junit", "markdown", "text"]

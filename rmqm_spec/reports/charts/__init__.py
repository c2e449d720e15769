"""Pictures of a report, each SVG that stands inside the page."""

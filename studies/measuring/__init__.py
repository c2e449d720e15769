"""Encoders measured and judged through the public functions of rmqm-spec, and kept as a table."""

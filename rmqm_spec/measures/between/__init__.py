"""Measures between several candidates: pure functions of their encodings of the same inputs."""

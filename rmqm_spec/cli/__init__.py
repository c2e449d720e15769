"""The command line: reads options, calls the rest, and shows what it found."""

from rmqm_spec.cli.main import main

__all__ = ["main"]

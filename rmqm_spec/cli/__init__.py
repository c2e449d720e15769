"""The command line: reads options, calls the rest of the package, and shows the outcome."""

from rmqm_spec.cli.main import main

__all__ = ["main"]

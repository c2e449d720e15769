"""Run the command line: ``python -m rmqm_spec``."""

from rmqm_spec.cli.main import main

main()

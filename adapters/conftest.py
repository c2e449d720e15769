"""Examples in the docstrings of adapters run where their framework is installed."""

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("torch") else ["rmqm_torch/*"]

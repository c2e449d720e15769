"""Modules that cannot be imported without their package are not searched for examples."""

from importlib.util import find_spec

collect_ignore = [] if find_spec("ray") else ["rmqm_ray/pool.py"]

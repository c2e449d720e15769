"""Names of the options of a model, until every caller takes them from the contract."""

from rmqm_onnx.providers import Provider
from rmqm_spec.contracts.backend import Layout, OpenOptions, Pooling

__all__ = ["Layout", "OpenOptions", "Pooling", "Provider"]

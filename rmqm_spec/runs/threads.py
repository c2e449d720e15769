"""The usual executor: the calling process, by its own threads."""

from rmqm_spec.contracts.executor import ExecutorKind

__all__ = ["THREADS"]

THREADS = ExecutorKind(name="threads", summary="This process, by its own threads.", open=None)

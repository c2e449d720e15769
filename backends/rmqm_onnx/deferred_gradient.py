"""The gradient of an opened model: nothing is loaded or made before it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from rmqm_onnx.reading.model_file import read_model
from rmqm_onnx.running.providers import Provider
from rmqm_spec.arrays import AnyArray
from rmqm_spec.errors import UnreadableError

if TYPE_CHECKING:
    from rmqm_onnx.gradients import GradientSession

__all__ = ["Gradients"]


class Gradients:
    """
    The gradient of a model file, shared by all callers.

    Parameters
    ----------
    path : Path
        The model; it is read again when the gradient is made.
    sha256 : str
        Its digest when it was opened.
    output : str
        Name of the encodings.
    batch : int, optional
        Number of rows that every call must have.
    provider : {"cpu", "cuda", "tensorrt"}
        Where to run.
    threads : int
        Threads within an operator.
    straight_through : sequence of str
        Operators whose rounding counts as the identity.
    """

    def __init__(
        self,
        path: Path,
        sha256: str,
        output: str,
        *,
        batch: int | None,
        provider: Provider,
        threads: int,
        straight_through: Sequence[str] = (),
    ) -> None:
        self._path = path
        self._sha256 = sha256
        self._output = output
        self._batch = batch
        self._provider: Provider = provider
        self._threads = threads
        self._straight_through = tuple(straight_through)
        self._lock = Lock()
        self._session: GradientSession | None = None

    @property
    def route(self) -> str:
        """How the gradient is made."""
        route = "onnx (reverse mode as a graph)"
        if self._straight_through:
            route += f", straight through {', '.join(self._straight_through)}"
        return route

    def vjp(
        self, feeds: Mapping[str, AnyArray], name: str
    ) -> tuple[AnyArray, Callable[[AnyArray], AnyArray]]:
        """Return the network's output and the way back to its input `name`."""
        with self._lock:
            if self._session is None:
                self._session = self._made(feeds, name)
        return self._session.vjp(feeds)

    def _made(self, feeds: Mapping[str, AnyArray], name: str) -> GradientSession:
        from rmqm_onnx.gradients import GradientSession

        if read_model(self._path).digest() != self._sha256:
            raise UnreadableError(
                "MOD002",
                f"{self._path} must not change while it is open; got another file than before",
                fix="Open it again.",
            )
        n_rows = len(feeds[name])
        rows = self._batch or 1
        example = {
            key: value[:rows] if len(value) == n_rows else value for key, value in feeds.items()
        }
        session = GradientSession(
            self._path,
            input=name,
            output=self._output,
            example=example,
            batch=self._batch,
            provider=self._provider,
            threads=self._threads,
        )
        session.vjp(example)  # the graphs are made under the lock
        return session

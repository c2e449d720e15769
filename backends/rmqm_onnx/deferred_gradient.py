"""The gradient of an opened model: nothing is loaded or made before it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal

from attrs import asdict, field, mutable

from rmqm_onnx.reading.decoder_part import Latent
from rmqm_onnx.reading.model_file import read_model
from rmqm_spec.arrays import AnyArray

if TYPE_CHECKING:
    from rmqm_onnx.gradients import GradientSession

__all__ = ["DeferredGradient"]


@mutable(kw_only=True, eq=False)
class DeferredGradient:
    """
    The gradient of a model file, shared by all callers; it pickles without its session.

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
    provider : str
        Where to run, and the options of the provider, as ``--provider`` takes them.
    threads : int
        Threads within an operator.
    straight_through : tuple of str
        Operators whose rounding counts as the identity.
    latent : Latent, optional
        A tensor inside the model where the part begins that is differentiated.
    """

    path: Path
    sha256: str
    output: str
    batch: int | None
    provider: str
    threads: int
    straight_through: tuple[str, ...] = ()
    latent: Latent | None = None
    _lock: Lock = field(factory=Lock, init=False, repr=False)
    _session: GradientSession | None = field(default=None, init=False, repr=False)
    _made: set[str] = field(factory=set, init=False, repr=False)

    @property
    def route(self) -> str:
        """How the gradient is made."""
        route = "onnx (reverse mode as a graph)"
        if self.straight_through:
            route += f", straight through {', '.join(self.straight_through)}"
        return route

    def vjp(
        self, feeds: Mapping[str, AnyArray], name: str
    ) -> tuple[AnyArray, Callable[[AnyArray], AnyArray]]:
        """
        Return the network's output and the way back to its input `name`.

        Raises
        ------
        UnreadableError
            MOD002 if the file has changed since it was opened.
        SubjectError
            GRA001 if an operator has no derivative rule.
        """
        return self._ready(feeds, name, "vjp").vjp(feeds)

    def linearize(
        self, feeds: Mapping[str, AnyArray], name: str
    ) -> tuple[AnyArray, Callable[[AnyArray], AnyArray]]:
        """
        Return the network's output and its derivative in directions of its input `name`.

        Raises
        ------
        UnreadableError, SubjectError
            As `vjp`.
        """
        return self._ready(feeds, name, "linearize").linearize(feeds)

    def __reduce__(self) -> tuple[Any, ...]:
        settings = asdict(self, recurse=False, filter=lambda attribute, _: attribute.init)
        return _deferred, (settings,)

    def _ready(
        self, feeds: Mapping[str, AnyArray], name: str, product: Literal["vjp", "linearize"]
    ) -> GradientSession:
        """Return the session, whose graphs are made under the lock."""
        with self._lock:
            n_rows, rows = len(feeds[name]), self.batch or 1
            example = {
                key: value[:rows] if len(value) == n_rows else value for key, value in feeds.items()
            }
            session = self._session or self._opened(example, name)
            if product not in self._made:
                getattr(session, product)(example)  # the graphs are made under the lock
                self._made.add(product)
            self._session = session
            return session

    def _opened(self, example: Mapping[str, AnyArray], name: str) -> GradientSession:
        from rmqm_onnx.gradients import GradientSession

        file = read_model(self.path)
        file.require_same(self.sha256)
        return GradientSession(
            self.latent.part_of(file, self.output) if self.latent else self.path,
            input=name,
            output=self.output,
            example=example,
            batch=self.batch,
            provider=self.provider,
            threads=self.threads,
        )


def _deferred(settings: dict[str, Any]) -> DeferredGradient:
    return DeferredGradient(**settings)

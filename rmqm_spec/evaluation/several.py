"""Several encoders on the same inputs: every altered block is made once and handed to all."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TypeAlias

from attrs import field, frozen

from rmqm_spec.characteristics import Variant
from rmqm_spec.contracts.alteration import AnyAlteration
from rmqm_spec.contracts.encoder import Encoder, as_encoder, route_of, traits_of
from rmqm_spec.contracts.inputs import Inputs
from rmqm_spec.contracts.measure import Measure, of_gradients
from rmqm_spec.errors import IncompleteError, RmqmError
from rmqm_spec.evaluation.abreast import Outcome, walk_abreast
from rmqm_spec.evaluation.evaluate import Evaluation, Progress
from rmqm_spec.evaluation.group import Group
from rmqm_spec.evaluation.meters import require_walk_suffices
from rmqm_spec.evaluation.statistic import Statistic
from rmqm_spec.evaluation.threads import in_threads
from rmqm_spec.evaluation.walk import Walk
from rmqm_spec.measures.movement import RMQM

__all__ = ["Contender", "Look", "evaluate_several"]

Look: TypeAlias = Callable[[Mapping[str, Statistic]], Collection[str]]
"""From what is known of each encoder that is still encoding to the names of those that go on."""


def _ignore(_group: Group) -> None:
    """Keep nothing."""


@frozen(kw_only=True, eq=False)
class Contender:
    """
    An encoder among several.

    Parameters
    ----------
    encoder : Encoder
        From a batch of inputs (N, *S) to encodings (N, E).
    measures : sequence of Measure
        What else to measure beside RMQM, from the same encodings.
    resolution : float, optional
        Resolution of the encoder's arithmetic; by default that of the type of its encodings.
    known : mapping
        Groups that were done before, by first position.
    keep : callable
        Called with every group that is done, in order.
    seconds : list of float
        Takes the time of every call of the encoder.
    """

    encoder: Encoder
    measures: Sequence[Measure] = ()
    resolution: float | None = None
    known: Mapping[int, Group] = field(factory=dict)
    keep: Callable[[Group], None] = _ignore
    seconds: list[float] = field(factory=list)


def evaluate_several(
    contenders: Mapping[str, Contender],
    inputs: Inputs,
    alteration: AnyAlteration,
    *,
    batch_size: int,
    workers: int,
    variant: Variant = "paper",
    look: Look | None = None,
    progress: Progress | None = None,
) -> dict[str, Evaluation | RmqmError]:
    """
    Alter inputs once, encode them by several encoders, and measure how the encodings move.

    Each encoder sees the same blocks as it would alone, so its numbers have the same bits.

    Parameters
    ----------
    contenders : mapping of str to Contender
        The encoders by name; all take the same inputs.
    inputs : Inputs
        Unaltered inputs.
    alteration : Alteration or DependentAlteration
        With the bounds of the inputs.
    batch_size, workers : int
        Inputs per call, and number of calling threads.
    variant : {"paper", "authors-2022"}
        Which formulas.
    look : callable, optional
        Called after each group; encoders that it does not name stop there. By default all go on.
    progress : callable, optional
        Called with the number of inputs done and offered, at the start and after each group.

    Returns
    -------
    dict of str to Evaluation or RmqmError
        What was measured of each encoder, or why it failed; a failure leaves the others alone.

    Raises
    ------
    RmqmError
        If the alteration fails, or a measure cannot be computed by a walk.

    Examples
    --------
    >>> import numpy as np
    >>> from rmqm_spec import WhiteNoise
    >>> from rmqm_spec.inputs.in_memory import ArrayInputs
    >>> rng = np.random.default_rng(0)
    >>> images = ArrayInputs(rng.random((8, 16), dtype=np.float32), (0.0, 1.0))
    >>> weights = rng.normal(size=(16, 4))
    >>> named = {
    ...     "tanh": Contender(encoder=as_encoder(lambda x: np.tanh(x @ weights))),
    ...     "relu": Contender(encoder=as_encoder(lambda x: np.maximum(x @ weights, 0) + 0.1)),
    ... }
    >>> scored = evaluate_several(named, images, WhiteNoise(), batch_size=50, workers=2)
    >>> {name: evaluation.status for name, evaluation in scored.items()}
    {'tanh': 'ok', 'relu': 'ok'}
    """
    runners = _Runners(contenders, inputs, alteration, batch_size, variant)
    groups = in_threads(
        runners.walk,
        runners.starts,
        workers,
        cancelled=runners.cancelled,
        tells_pace=runners.tells_pace,
    )
    try:
        if progress:
            progress(0, len(inputs))  # the clock of a rate starts here
        for outcomes in groups:
            runners.add(outcomes)
            if progress:
                progress(runners.n_seen, len(inputs))
            if look:
                runners.go_on(look(runners.racing))
            if not runners.active:
                break
    finally:
        groups.close()
    return runners.finish()


class _Runners:
    """All encoders of a run, and which of them still encode."""

    def __init__(
        self,
        contenders: Mapping[str, Contender],
        inputs: Inputs,
        alteration: AnyAlteration,
        batch_size: int,
        variant: Variant,
    ) -> None:
        self.cancelled = threading.Event()
        self.n_seen = 0
        self._inputs = inputs
        self._contenders = contenders
        self._errors: dict[str, RmqmError] = {}
        self._walks: dict[str, Walk] = {}
        self._statistics: dict[str, Statistic] = {}
        for name, contender in contenders.items():
            measures = (RMQM, *contender.measures)
            require_walk_suffices(measures)
            resolution = contender.resolution or traits_of(contender.encoder).resolution
            self._walks[name] = Walk(
                as_encoder(contender.encoder),
                inputs,
                alteration,
                batch_size,
                measures,
                contender.known,
                self.cancelled,
                contender.seconds,
            )
            self._statistics[name] = Statistic(
                alteration, variant, resolution, inputs.name, contender.measures
            )
        self.active = tuple(contenders)

    @property
    def starts(self) -> range:
        """First positions of all groups."""
        return next(iter(self._walks.values())).starts

    @property
    def racing(self) -> dict[str, Statistic]:
        """What is known of the encoders that still encode."""
        return {name: self._statistics[name] for name in self.active}

    def walk(self, first: int) -> dict[str, Outcome]:
        """Take a group through all levels, for the encoders that still encode."""
        names = self.active
        walked = walk_abreast([self._walks[name] for name in names], first) if names else []
        return dict(zip(names, walked, strict=True))

    def tells_pace(self, outcomes: Mapping[str, Outcome]) -> bool:
        """Whether some encoder has encoded the group just now."""
        return any(
            isinstance(group, Group)
            and bool(group.ids)
            and group.first not in self._contenders[name].known
            for name, group in outcomes.items()
        )

    def add(self, outcomes: Mapping[str, Outcome]) -> None:
        """Take a group; encoders that stopped meanwhile had it encoded in vain."""
        for name in self.active:
            outcome = outcomes[name]
            if isinstance(outcome, RmqmError):
                self._errors[name] = outcome
                continue
            self._statistics[name].add(outcome)
            try:
                self._contenders[name].keep(outcome)
            except IncompleteError:  # the disk refuses, and will refuse the others
                raise
            except RmqmError as error:
                self._errors[name] = error
        self.active = tuple(name for name in self.active if name not in self._errors)
        self.n_seen = max((self._statistics[name].n_seen for name in self.active), default=0)

    def go_on(self, names: Collection[str]) -> None:
        """Stop the encoders that are not named, unless all inputs are done anyway."""
        if self.n_seen == len(self._inputs):
            return
        for name in self.active:
            self._statistics[name].stopped_early = name not in names
        self.active = tuple(name for name in self.active if name in names)

    def finish(self) -> dict[str, Evaluation | RmqmError]:
        """Return what was measured of each encoder."""
        finished: dict[str, Evaluation | RmqmError] = {}
        for name, statistic in self._statistics.items():
            try:
                error = self._errors.get(name)
                finished[name] = error or statistic.finish(len(self._inputs), self._route(name))
            except RmqmError as failed:
                finished[name] = failed
        return finished

    def _route(self, name: str) -> str | None:
        """Return how an encoder makes its gradients, where a measure asks for them."""
        contender = self._contenders[name]
        return route_of(contender.encoder) if of_gradients(contender.measures) else None

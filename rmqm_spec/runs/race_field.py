"""The encoders of a race: further inputs for those that go on, and what they gave so far."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Mapping
from functools import partial, reduce
from typing import TYPE_CHECKING

import numpy as np

from rmqm_spec.characteristics import characterize
from rmqm_spec.contracts.encoder import traits_of
from rmqm_spec.errors import RmqmError
from rmqm_spec.evaluation.group import Group
from rmqm_spec.evaluation.walk import Walk
from rmqm_spec.ranking.race import Comparison
from rmqm_spec.runs.opening import Run
from rmqm_spec.runs.sharing import alike

if TYPE_CHECKING:
    from rmqm_spec.evaluation.checkpoints import Checkpoints
    from rmqm_spec.evaluation.statistic import Evaluation

__all__ = ["RaceField"]


class RaceField:
    """
    The encoders of a race.

    Parameters
    ----------
    runs : mapping of str to Run
        Their runs on all inputs, by name.
    keepers : mapping of str to Checkpoints
        What was done before, and where to keep what is done.

    Attributes
    ----------
    groups : dict of str to dict of int to Group
        What each encoder gave, by first input of the group.
    failed : dict of str to RmqmError
        Why encoders gave no more.
    """

    def __init__(self, runs: Mapping[str, Run], keepers: Mapping[str, Checkpoints]) -> None:
        self._runs = runs
        self._keepers = keepers
        self._evaluations: dict[str, Evaluation] = {}
        self._seconds: dict[str, list[float]] = {name: [] for name in runs}
        self._n_encoded = dict.fromkeys(runs, 0)
        self.groups = {name: dict(keepers[name].known) for name in runs}
        self.failed: dict[str, RmqmError] = {}

    def advance(self, names: Collection[str], n: int, progress: Callable[[int, int], None]) -> None:
        """Let encoders take the first n inputs, as far as they have not; those alike share them."""
        alikes = defaultdict[Hashable, list[str]](list)
        for name in names:
            alikes[alike(self._runs[name])].append(name)
        for together in alikes.values():
            self._advance(together, n, progress)

    def compare(self, names: Collection[str]) -> Comparison | None:
        """Compare encoders on the inputs that all of them took; None for fewer than two scores."""
        seen = {name: self._evaluations[name] for name in names if name not in self.failed}
        if len(seen) < 2:
            return None
        common = reduce(lambda a, b: a & b, (set(one.ids) for one in seen.values()))
        coarsest = max(one.characteristics.resolution for one in seen.values())
        contributions = {}
        for name, one in seen.items():
            rows = [row for row, identity in enumerate(one.ids) if identity in common]
            found = one.characteristics
            if len(rows) < len(one.ids) or found.resolution != coarsest:
                distances = one.displacements[rows], one.step_lengths[rows]
                found = characterize(*distances, variant=found.variant, resolution=coarsest)
            if found.status == "ok":
                contributions[name] = found.per_input.contribution
        if len(contributions) < 2 or len(common) < 2:
            return None
        return Comparison.of(list(contributions), np.stack([*contributions.values()], axis=1))

    @property
    def speeds(self) -> dict[str, float | None]:
        """Encodings a second of each encoder, by itself; None where nothing was encoded."""
        speeds: dict[str, float | None] = {}
        for name, run in self._runs.items():
            seconds = sum(self._seconds[name]) / traits_of(run.encoder).concurrency
            n_encodings = self._n_encoded[name] * run.encodings_per_input
            speeds[name] = round(n_encodings / seconds, 1) if seconds > 0 else None
        return speeds

    def _advance(self, names: list[str], n: int, progress: Callable[[int, int], None]) -> None:
        from rmqm_spec.evaluation.several import Contender, evaluate_several

        leader = self._runs[names[0]]
        traits = traits_of(leader.encoder)
        contenders = {
            name: Contender(
                encoder=self._runs[name].graded,
                measures=self._runs[name].measures,
                known=dict(self.groups[name]),
                keep=partial(self._keep, name),
                seconds=self._seconds[name],
            )
            for name in names
        }
        evaluations = evaluate_several(
            contenders,
            leader.prepared.first(n),
            leader.alteration,
            batch_size=traits.block_size,
            workers=traits.concurrency,
            variant=leader.request.protocol.variant,
            progress=progress,
        )
        for name, one in evaluations.items():
            if isinstance(one, RmqmError):
                self.failed[name] = one
            else:
                self._evaluations[name] = one

    def _keep(self, name: str, group: Group) -> None:
        """Keep a group for the next look, and on disk where it is one of the whole run, too."""
        known = self.groups[name].get(group.first)
        if known is not None and known.end == group.end:
            return
        self.groups[name][group.first] = group
        self._n_encoded[name] += len(group.ids)
        run = self._runs[name]
        walk = Walk(run.graded, run.prepared, run.alteration, traits_of(run.encoder).block_size)
        if group.end == walk.end_of(group.first):
            self._keepers[name].keep(group)

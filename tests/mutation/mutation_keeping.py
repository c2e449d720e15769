"""What a run keeps, so that one that was stopped goes on: executed lines, and fates."""

from __future__ import annotations

import hashlib
import json
import pickle
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from mutation_judging import Fate
from mutation_lines import Reach
from mutation_mutants import Mutant

import rmqm_conformance
import rmqm_spec

__all__ = ["Kept"]

_PACKAGES = [Path(str(package.__file__)).parent for package in (rmqm_spec, rmqm_conformance)]


class Kept:
    """
    A folder with the work of earlier runs on the same sources.

    Parameters
    ----------
    folder : Path or None
        Where it is; None keeps nothing.
    seed : int
        Seed of the checks: another one is another work.
    """

    def __init__(self, folder: Path | None, seed: int) -> None:
        self._folder = folder and folder / f"{_digest()}-{seed}"
        if self._folder:
            self._folder.mkdir(parents=True, exist_ok=True)

    def reach(self, measured: Callable[[], Reach]) -> Reach:
        """Return the lines that checks execute; measure them where they are not kept."""
        if self._folder is None:
            return measured()
        file = self._folder / "lines.pickle"
        if not file.exists():
            file.write_bytes(pickle.dumps(measured()))
        reach: Reach = pickle.loads(file.read_bytes())
        return reach

    def fates(
        self,
        profile: str,
        mutants: Iterable[Mutant],
        judged: Callable[[list[Mutant]], Iterator[Fate]],
    ) -> Iterator[Fate]:
        """Yield the fates that are kept, then those of the other mutants as they are judged."""
        if self._folder is None:
            yield from judged(list(mutants))
            return
        file = self._folder / f"{profile}.jsonl"
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        known = {entry[0]: entry[1:] for entry in map(json.loads, lines)}
        open_ = []
        for mutant in mutants:
            if mutant.id in known:
                yield Fate(mutant, *known[mutant.id])
            else:
                open_.append(mutant)
        with file.open("a", encoding="utf-8") as journal:
            for fate in judged(open_):
                entry = [fate.mutant.id, fate.check, fate.how, fate.asked]
                journal.write(json.dumps(entry) + "\n")
                journal.flush()
                yield fate


def _digest() -> str:
    """Return a name of the sources of the package and of the kit."""
    digest = hashlib.sha256()
    for package in _PACKAGES:
        for file in sorted(package.rglob("*")):
            if file.suffix in {".py", ".toml", ".json", ".npy"}:
                digest.update(f"{file.relative_to(package)}\n".encode() + file.read_bytes())
    return digest.hexdigest()[:16]

"""The modules that are mutated, as they are loaded: sources, trees, functions, caches."""

from __future__ import annotations

import ast
import functools
import gc
import importlib
import sys
from collections import defaultdict
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

from mutation_mutants import Mutant, mutants_of

__all__ = ["JUDGED", "OWN", "Modules"]

OWN = "rmqm_spec.cli.conformance.own_implementation"
"""Module of the implementation that the kit judges."""

ROOMS = (
    "alterations",
    "arrays",
    "characteristics",
    "contracts",
    "differences",
    "encoders",
    "evaluation",
    "identity",
    "inputs",
    "measures",
    "resolution",
    "results",
)
"""Packages and modules of `rmqm_spec` that compute what the specification speaks about."""

JUDGED = "rmqm_spec"


class Modules:
    """
    The loaded modules of the rooms, with the mutants of each.

    Parameters
    ----------
    names : sequence of str, optional
        Names of modules to use instead.
    """

    def __init__(self, names: list[str] | None = None) -> None:
        importlib.import_module(OWN)
        chosen = _in_rooms() if names is None else names
        self.modules = {name: sys.modules[name] for name in chosen}
        self.trees: dict[str, ast.Module] = {}
        self.mutants: list[Mutant] = []
        for name, module in self.modules.items():
            source = Path(str(module.__file__)).read_text(encoding="utf-8")
            self.trees[name] = ast.parse(source)
            self.mutants += mutants_of(name.removeprefix("rmqm_spec."), source, self.trees[name])
        self._names = {name.removeprefix("rmqm_spec."): name for name in self.modules}
        self._functions = _live_functions({self.file(name) for name in self.modules})
        self._caches = _live_caches()

    def file(self, name: str) -> str:
        """Return the path of a module, as code objects name it."""
        return str(self.modules[name].__file__)

    def full_name(self, mutant: Mutant) -> str:
        """Return the name of the module of a mutant."""
        return self._names[mutant.module]

    def apply(self, mutant: Mutant) -> None:
        """Change this process into one where the mutant is the source; there is no way back."""
        name = self.full_name(mutant)
        sound = _codes(compile(self.trees[name], self.file(name), "exec"))
        mutant.place.put(mutant.other)
        ast.fix_missing_locations(self.trees[name])
        code = compile(self.trees[name], self.file(name), "exec")
        changed = {key: new for key, new in _codes(code).items() if sound.get(key) != new}
        live = [(function, new) for key, new in changed.items() for function in self._at(name, key)]
        if mutant.place.lines is None or not live or not _exchanged(live):
            _import_again(name, code)
        else:
            self.clear_caches()

    def clear_caches(self) -> None:
        """Let every function of the package compute anew what it keeps."""
        for cache in self._caches:
            cache.cache_clear()

    def _at(self, name: str, key: tuple[str, int]) -> list[FunctionType]:
        return self._functions.get((self.file(name), *key), [])


def _in_rooms() -> list[str]:
    loaded = sorted(name for name in sys.modules if name.startswith("rmqm_spec."))
    return [name for name in loaded if name.split(".")[1] in ROOMS]


def _live_functions(files: set[str]) -> dict[tuple[str, str, int], list[FunctionType]]:
    found = defaultdict(list)
    for one in gc.get_objects():
        if type(one) is FunctionType and one.__code__.co_filename in files:
            code = one.__code__
            found[code.co_filename, code.co_qualname, code.co_firstlineno].append(one)
    return found


def _codes(code: CodeType) -> dict[tuple[str, int], CodeType]:
    """Return a code object and all inside it by name and line."""
    codes = {(code.co_qualname, code.co_firstlineno): code}
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            codes |= _codes(constant)
    return codes


def _exchanged(live: list[tuple[FunctionType, CodeType]]) -> bool:
    """Give functions their new code; whether all can take it."""
    try:
        for function, new in live:
            function.__code__ = new
    except ValueError:  # it uses other variables of the functions around it
        return False
    return True


def _live_caches() -> list[Any]:
    kept = [one for one in gc.get_objects() if type(one) is functools._lru_cache_wrapper]
    return [one for one in kept if str(getattr(one, "__module__", "")).startswith(JUDGED)]


class _Loader:
    """Finds a single module, with another code."""

    def __init__(self, name: str, code: CodeType) -> None:
        self._name, self._code = name, code

    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
        from importlib.machinery import PathFinder

        spec = PathFinder.find_spec(name, path, target) if name == self._name else None
        if spec is not None:
            spec.loader = self  # type: ignore[assignment]
        return spec

    def create_module(self, _: Any) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        exec(self._code, module.__dict__)


def _import_again(name: str, code: CodeType) -> None:
    """Import the whole package again; what the kit holds of it stays as it was."""
    for one in [one for one in sys.modules if one == JUDGED or one.startswith(f"{JUDGED}.")]:
        del sys.modules[one]
    sys.meta_path.insert(0, _Loader(name, code))  # type: ignore[arg-type]
    importlib.import_module(OWN)

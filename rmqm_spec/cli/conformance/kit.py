"""Around a run of the conformance kit: list of checks, starters, and Python implementations."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from rmqm_spec.errors import UnavailableError, UsageError
from rmqm_spec.screen.writing import print_json, print_text

__all__ = ["implementation", "list_checks", "require_kit", "serve_implementation", "write_starter"]


def require_kit() -> None:
    """Refuse to go on without what the kit needs."""
    try:
        import_module("hypothesis")
    except ImportError as error:
        raise UnavailableError(
            "ENV006",
            f"the conformance kit must be installed; got {error}",
            fix="pip install 'rmqm-spec[conformance]'",
        ) from error


def implementation(name: str | None) -> Any:
    """Return the object of that name, or this installation."""
    if name is not None:
        return _imported(name)
    from rmqm_spec.cli.conformance.own_implementation import OwnImplementation

    return OwnImplementation()


def _imported(name: str) -> Any:
    """Import MODULE:NAME as Python would from the working folder; a class is called."""
    module, _, attribute = name.partition(":")
    sys.path.insert(0, str(Path.cwd()))
    try:
        imported = getattr(import_module(module), attribute)
        return imported() if isinstance(imported, type) else imported
    except Exception as error:  # the module is the user's own
        raise UsageError(
            "CON005",
            f"--object must name a Python object as MODULE:NAME; got {name!r}: "
            f"{type(error).__name__}: {error}",
            fix="Try it in the same folder: python -c 'import MODULE; MODULE.NAME'.",
        ) from error


def list_checks(*, as_json: bool) -> int:
    """Print every check with its title and what it needs."""
    require_kit()
    from rmqm_conformance.catalogue import checks, uncheckable

    if as_json:
        rows = [
            {
                "id": check.id,
                "title": check.title,
                "kind": check.kind,
                "clauses": list(check.clauses),
                "needs": sorted(check.needs),
            }
            for check in checks()
        ]
        print_json({"ok": True, "checks": rows, "uncheckable": uncheckable()})
        return 0
    for check in checks():
        print_text(
            f"{check.id:<52} {check.kind:<9} {' '.join(sorted(check.needs)):<28} {check.title}"
        )
    print_text()
    print_text("Clauses that no program can check:")
    for name, reason in uncheckable().items():
        print_text(f"  {name}  {reason}")
    return 0


def write_starter(language: str, out: Path | None, *, as_json: bool) -> int:
    """Write a harness to start from, which runs as it is."""
    require_kit()
    from rmqm_conformance.starting import starter

    name, content = starter(language)
    path = out or Path(name)
    if path.exists():
        raise UsageError(
            "CON006",
            f"the starter must not overwrite a file; {path} exists",
            fix="Choose another name with --out, or remove the file.",
        )
    try:
        path.write_text(content, encoding="utf-8")
    except OSError as error:
        raise UsageError(
            "ARG005", f"--out must be writable; got {error}", fix="Choose another folder."
        ) from error
    program = "python" if language == "python" else "node"
    command = f'rmqm-spec conformance --cmd "{program} {path}"'
    if as_json:
        print_json({"ok": True, "path": str(path), "next": command})
    else:
        print_text(f"  wrote {path}; judge it:\n  {command}")
    return 0


def serve_implementation(name: str | None) -> int:
    """Serve a Python object, or this installation, until asked to stop."""
    require_kit()
    from rmqm_conformance import serve

    serve(implementation(name))
    return 0

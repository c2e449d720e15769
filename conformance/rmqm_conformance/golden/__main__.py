"""Write the golden vectors, or compare the files with what would be written."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rmqm_conformance.golden.cases import all_cases
from rmqm_conformance.golden.files import rendered_files
from rmqm_spec.clauses import SPEC_VERSION

_FOLDER = Path(__file__).parent.parent / "vectors"


def main(arguments: list[str] | None = None) -> int:
    """Write all files; with ``--check`` write nothing and return 1 if a file differs."""
    parser = argparse.ArgumentParser(prog="python -m rmqm_conformance.golden", description=__doc__)
    parser.add_argument("--check", action="store_true", help="name the files that differ")
    check = parser.parse_args(arguments).check
    rendered = rendered_files(all_cases(), SPEC_VERSION)
    stored = {
        path.relative_to(_FOLDER).as_posix(): path.read_bytes()
        for path in _FOLDER.rglob("*")
        if path.suffix in {".json", ".npy"}
    }
    differing = sorted(n for n in {*rendered, *stored} if rendered.get(n) != stored.get(n))
    for name in differing:
        sys.stdout.write(f"{name} {'differs' if check else 'written'}\n")
        if not check:
            _replace(_FOLDER / name, rendered.get(name))
    return int(check and bool(differing))


def _replace(path: Path, content: bytes | None) -> None:
    if content is None:
        path.unlink()
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


if __name__ == "__main__":
    sys.exit(main())

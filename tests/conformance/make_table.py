"""
Make ``table.json``: which check catches which miniature.

    python tests/conformance/make_table.py            # anew: many minutes
    python tests/conformance/make_table.py --missing  # what the table does not hold yet

Each miniature is listed with the first check that catches it, looked for at the clause that it
breaks, vectors before properties; and with those checks for which it is the nearest miniature that
they catch. A property must catch it whatever the seed: what hypothesis draws depends on the modules
that are loaded, too.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from multiprocessing import Pool
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from miniatures import WRONG, Plain
from table import EFFORT, TABLE, catches, read_table

from rmqm_conformance.catalogue import checks
from rmqm_conformance.checks import Check

SEEDS = range(5)
CHECKS = {one.id: one for one in checks()}
MINIATURES = {one.__name__: one for one in WRONG}


def nearness(clauses: Iterable[str], broken: str) -> int:
    """Order checks by how near their clauses are to the one that is broken."""
    if broken in clauses:
        return 0
    families = {one.split("-")[1] for one in clauses}
    return 1 if broken.split("-")[1] in families else 2


def first_check(name: str) -> tuple[str, str | None]:
    broken = MINIATURES[name].breaks
    candidates = sorted(
        CHECKS.values(), key=lambda one: (nearness(one.clauses, broken), one.kind == "property")
    )
    caught = (one.id for one in candidates if surely_catches(one, MINIATURES[name]))
    return name, next(caught, None)


def first_miniature(check_id: str) -> tuple[str, str | None]:
    check = CHECKS[check_id]
    candidates = sorted(MINIATURES.values(), key=lambda one: nearness(check.clauses, one.breaks))
    caught = (one.__name__ for one in candidates if surely_catches(check, one))
    return check_id, next(caught, None)


def surely_catches(check: Check, miniature: type[Plain]) -> bool:
    return catches(check, miniature, SEEDS if check.kind == "property" else (0,))


def kept_rows() -> dict[str, list[str]]:
    """Return the rows of the table that still name a miniature and checks."""
    return {
        name: [check_id for check_id in caught if check_id in CHECKS]
        for name, caught in read_table().items()
        if name in MINIATURES
    }


def main() -> int:
    """Write the table; return 1 if a miniature or a check stays alone."""
    parser = argparse.ArgumentParser(description="make the table of miniatures and checks")
    parser.add_argument("--missing", action="store_true", help="keep the rows that there are")
    rows = kept_rows() if parser.parse_args().missing else {}
    alone = []
    with Pool() as pool:
        open_rows = [name for name in MINIATURES if not rows.get(name)]
        for name, check_id in pool.imap(first_check, open_rows, chunksize=4):
            rows[name] = [check_id] if check_id else []
            alone += [] if check_id else [name]
        rest = [name for name in CHECKS if not any(name in caught for caught in rows.values())]
        for check_id, name in pool.imap(first_miniature, rest):
            if name:
                rows[name].append(check_id)
            else:
                alone.append(check_id)
    table = {name: rows[name] for name in MINIATURES}
    TABLE.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
    counted = f"{len(MINIATURES)} miniatures, {len(CHECKS)} checks"
    sys.stdout.write(f"{counted}, {sum(map(len, table.values()))} pairs at {EFFORT}\n")
    sys.stdout.writelines(f"nothing matches {name}\n" for name in alone)
    return 1 if alone else 0


if __name__ == "__main__":
    sys.exit(main())

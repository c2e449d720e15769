"""
What NNK weights cost beside the published way, on the same candidates and on one thread.

    git clone https://github.com/STAC-USC/PyNNK_graph_construction ../pynnk
    python benchmarks/nnk.py --pynnk ../pynnk
    python benchmarks/nnk.py --pynnk ../pynnk --queries 2000

The published way is `nnk_neighbors` of ``faiss_nnk_neighbors.py`` as it is, in float32, from the
moment that its search returns. Its index is replaced by one that returns our candidates, so that
both solve the same problems; it prunes, ours is the optimum. They take turns, a block of queries
each. The search is timed apart: FAISS as the published way calls it, ours, and ours by FAISS.

Times are processor time, in microseconds a query; ``threads`` is wall time. ``numpy`` is ours
without numba. Two kinds of data, because the time depends on how many neighbours there are:
independent normal values, of which nearly all candidates are neighbours in many dimensions, and
features of a network of random weights with 16 inputs, as few as those of trained encoders.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import platform
import sys
import time
import tracemalloc
import warnings
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import attrs  # noqa: E402
import numpy as np  # noqa: E402

from rmqm_spec.nnk import Cosine, neighbourhoods, start  # noqa: E402
from rmqm_spec.nnk.candidates import candidates  # noqa: E402
from rmqm_spec.nnk.solving import errors_of, weights_of  # noqa: E402

OUT = Path(__file__).parent / "results" / "nnk.json"
N_LATENT = 16
TURN = 500
TOGETHER = 100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[1])
    parser.add_argument("--pynnk", type=Path, required=True, help="a checkout of PyNNK")
    parser.add_argument("--queries", type=int, default=50_000)
    parser.add_argument("--gallery", type=int, default=50_000)
    parser.add_argument("--k", type=int, default=50)
    parser.add_argument("--searched", type=int, default=2_048, help="queries to time the search by")
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    sys.path.insert(0, str(given.pynnk))
    rows = []
    for kind in ("features", "normal"):
        for size in (128, 512):
            rows.append(case(kind, size, given))
            print(json.dumps(rows[-1]))
    load = os.getloadavg()[2]
    found = {"machine": machine(), "options": options(given), "load": load, "rows": rows}
    given.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def case(kind: str, size: int, given: argparse.Namespace) -> dict[str, object]:
    rows = data(kind, given.gallery, size)
    n_queries = min(given.queries, given.gallery)
    space = Cosine().over(rows, rows, given.k)
    own = np.arange(given.gallery)
    search = searches(space, rows, own, given)
    found = np.concatenate(
        list(candidates(space.queries[:n_queries], space.gallery, given.k, own=own[:n_queries]))
    )
    ours, theirs, numpys, counts, pruned = [], [], [], [], []
    with_loops(True)
    for first in range(0, n_queries, TURN):
        indices = found[first : first + TURN]
        part = attrs.evolve(space, queries=space.queries[first : first + TURN])
        seconds, weights = solved(part, indices)
        ours.append(seconds / len(indices))
        counts.append(np.count_nonzero(weights, axis=1))
        seconds, weights = published(rows, rows[first : first + TURN], indices)
        theirs.append(seconds / len(indices))
        pruned.append(np.count_nonzero(weights, axis=1))
        if first < 2 * TURN:
            with_loops(False)
            numpys.append(solved(part, indices)[0] / len(indices))
            with_loops(True)
    return {
        "data": kind,
        "dimensions": size,
        "queries": n_queries,
        "neighbours": mean(counts),
        "neighbours_published": mean(pruned),
        "published_us": microseconds(np.median(theirs)),
        "ours_us": microseconds(np.median(ours)),
        "numpy_us": microseconds(np.median(numpys)),
        "published_over_ours": quartiles(np.array(theirs) / np.array(ours)),
        "search_us": search,
        "threads": two_threads(space, found[: 4 * TURN]),
        "memory_mb": memory(rows, given.k),
    }


def data(kind: str, n_rows: int, size: int) -> np.ndarray:
    generator = np.random.default_rng(0)
    if kind == "normal":
        return generator.standard_normal((n_rows, size)).astype(np.float32)
    rows = generator.standard_normal((n_rows, N_LATENT))
    for width in (256, size):
        weights = generator.standard_normal((rows.shape[1], width)) / rows.shape[1] ** 0.5
        rows = np.maximum(rows @ weights + 0.1 * generator.standard_normal(width), 0)
    return rows.astype(np.float32)


def with_loops(are_used: bool) -> None:
    start.WORTH = 0 if are_used else 10**12
    if are_used and start.loops(1) is None:
        sys.exit(f"no compiled loops: {start.why_not_compiled()}")


def solved(space: object, indices: np.ndarray) -> tuple[float, np.ndarray]:
    """Solve blocks of queries as `neighbourhoods` does."""
    compiled = start.loops(len(indices))
    began = time.process_time()
    weights = []
    for first in range(0, len(indices), TOGETHER):
        block = indices[first : first + TOGETHER]
        values = space.values(first, block, compiled)
        weights.append(weights_of(values, "exact", compiled))
        errors_of(values, weights[-1])
    return time.process_time() - began, np.concatenate(weights)


def published(
    rows: np.ndarray, queries: np.ndarray, indices: np.ndarray
) -> tuple[float, np.ndarray]:
    """Run the published function behind its search."""
    module = import_module("faiss_nnk_neighbors")
    index = Given(indices)
    module.faiss = SimpleNamespace(IndexFlatIP=lambda _: index)
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        weights, _ = module.nnk_neighbors(rows, queries, top_k=indices.shape[1])
    return time.process_time() - index.returned, weights


class Given:
    """An index that returns the candidates it was made with, and their similarities."""

    def __init__(self, indices: np.ndarray) -> None:
        self._indices = indices
        self.returned = 0.0

    def add(self, rows: np.ndarray) -> None:
        """Keep the rows."""
        self._rows = rows

    def search(self, queries: np.ndarray, _: int) -> tuple[np.ndarray, np.ndarray]:
        """Return similarities and positions of the candidates, and look at the clock."""
        similarities = np.einsum("ne,nke->nk", queries, self._rows[self._indices])
        self.returned = time.process_time()
        return similarities, self._indices


def searches(
    space: object, rows: np.ndarray, own: np.ndarray, given: argparse.Namespace
) -> dict[str, float]:
    queries = space.queries[: given.searched]
    mine = own[: given.searched]
    times = {}
    for search in ("exact", "faiss"):
        began = time.process_time()
        for _ in candidates(queries, space.gallery, given.k, own=mine, search=search):
            pass
        times[f"ours_{search}"] = time.process_time() - began
    import faiss

    single = np.ascontiguousarray(queries, dtype=np.float32)
    began = time.process_time()
    index = faiss.IndexFlatIP(rows.shape[1])
    index.add(np.ascontiguousarray(space.gallery, dtype=np.float32))
    index.search(single, given.k)
    times["published_faiss"] = time.process_time() - began
    return {name: microseconds(each / len(queries)) for name, each in times.items()}


def two_threads(space: object, indices: np.ndarray) -> dict[str, float]:
    """Solve in one thread and in two, three times each in turn; wall time."""
    half = len(indices) // 2
    parts = [(space, indices[:half])]
    parts.append((attrs.evolve(space, queries=space.queries[half:]), indices[half:]))
    walls: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(3):
        for n_threads, taken in walls.items():
            began = time.perf_counter()
            with ThreadPoolExecutor(n_threads) as pool:
                list(pool.map(lambda part: solved(*part), parts))
            taken.append(time.perf_counter() - began)
    return {"wall_1_over_2": round(min(walls[1]) / min(walls[2]), 2)}


def memory(rows: np.ndarray, k: int) -> dict[str, float]:
    """Return the most that the blocks of few and of many queries take beyond the rows."""
    peaks = {}
    for n_queries in (1_000, 4_000):
        own = np.arange(n_queries)
        tracemalloc.start()
        blocks = neighbourhoods(rows[:n_queries], rows[:10_000], k, own=own, search="exact")
        next(blocks)
        held, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        for _ in blocks:
            pass
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        peaks[f"{n_queries}_queries"] = round((peak - held) / 1e6, 2)
    return peaks


def mean(counts: list[np.ndarray]) -> float:
    return round(float(np.concatenate(counts).mean()), 2)


def microseconds(seconds: float) -> float:
    return round(float(seconds) * 1e6, 1)


def quartiles(ratios: np.ndarray) -> list[float]:
    return [round(float(each), 2) for each in np.quantile(ratios, (0.25, 0.5, 0.75))]


def options(given: argparse.Namespace) -> dict[str, object]:
    return {name: getattr(given, name) for name in ("queries", "gallery", "k", "searched")}


def machine() -> dict[str, object]:
    import faiss
    import numba

    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return {
        "processor": names[0],
        "processors": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "numba": numba.__version__,
        "faiss": faiss.__version__,
    }


if __name__ == "__main__":
    main()

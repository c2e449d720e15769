"""
Where does a run over many workers stop scaling? A simulation driven by times measured here.

    python -m benchmarks.scaling_simulation MODEL [--data DATA] [--inputs 50000] [--bandwidth 1e9]

First it measures, on this machine and for one worker: starting Python, opening the model, reading
one input, walking one part (about sixteen inputs), and what a part costs the driver (pickling the
order, unpickling and packing its groups). Then it plays a run with 1 to 1,024 workers: the driver
sends parts in order, keeps two for each worker, and takes them in order; each worker starts, opens
the model and reads all inputs once before its first part; all workers read through one storage of
limited bandwidth. The last column names what takes most of the time that is not spent on encoding.
"""

from __future__ import annotations

import argparse
import heapq
import pickle
import subprocess
import sys
import time
from collections import deque

import numpy as np
from attrs import evolve, frozen

from rmqm_spec.evaluation.checkpoint_files import pack
from rmqm_spec.evaluation.walk import Walk
from rmqm_spec.runs.flat import request_of
from rmqm_spec.runs.opening import open_run
from rmqm_spec.runs.orders import Order, walk_order

WORKERS = tuple(2**power for power in range(11))
PROBED = 64
"""So many inputs are read to tell the time of opening from that of reading."""


@frozen(kw_only=True)
class Times:
    """Seconds, measured with one worker."""

    start_s: float
    open_s: float
    read_s: float  # an input
    input_bytes: float
    part_s: float
    part_inputs: int
    drive_s: float  # what a part costs the driver


def measure(model: str, **options: object) -> Times:
    run = open_run(request_of(model, {**options, "n": PROBED, "threads": 1}))
    begun = time.perf_counter()
    run = open_run(request_of(model, {**options, "n": PROBED, "threads": 1}))
    open_s = time.perf_counter() - begun
    begun = time.perf_counter()
    n_read = min(PROBED, len(run.prepared))
    for position in range(n_read):
        run.prepared.load(position)
    read_s = (time.perf_counter() - begun) / n_read
    walk = Walk(run.graded, run.prepared, run.alteration, run.encoder.traits.batch_size)
    starts = tuple(walk.starts)[: max(1, 16 // walk.group_size)]  # as orders are cut
    order = Order(request=run.request, sha256=run.sha256, starts=starts)
    walk_order(order)  # opens the run, as the first order of a worker does
    begun = time.perf_counter()
    groups = walk_order(order)
    part_s = time.perf_counter() - begun
    begun = time.perf_counter()
    pickle.loads(pickle.dumps(order))
    pack(run.sha256, pickle.loads(pickle.dumps(groups)))
    drive_s = time.perf_counter() - begun
    values = run.prepared.load(0).values
    begun = time.perf_counter()
    imports = "import onnxruntime, rmqm_spec.runs.opening, rmqm_spec.runs.orders"
    subprocess.run([sys.executable, "-c", imports], check=True)
    start_s = time.perf_counter() - begun
    return Times(
        start_s=start_s,
        open_s=max(0.0, open_s - n_read * read_s),
        read_s=read_s,
        input_bytes=float(values.nbytes) / 4,  # a byte for each value, as in files
        part_s=part_s,
        part_inputs=groups[-1].end - groups[0].first,
        drive_s=drive_s,
    )


@frozen(kw_only=True)
class Played:
    """A run as it was played."""

    seconds: float
    start_s: float
    driver_s: float


def play(
    times: Times, n_inputs: int, workers: int, *, spread: float, bandwidth: float, seed: int = 0
) -> Played:
    """
    Play a run.

    Examples
    --------
    >>> times = Times(
    ...     start_s=0, open_s=0, read_s=0, input_bytes=0, part_s=1, part_inputs=1, drive_s=0
    ... )
    >>> [play(times, 8, workers, spread=0, bandwidth=1).seconds for workers in (1, 2, 4)]
    [8.0, 4.0, 2.0]
    """
    rng = np.random.default_rng(seed)
    n_parts = -(-n_inputs // times.part_inputs)
    reading = max(n_inputs * times.read_s, workers * n_inputs * times.input_bytes / bandwidth)
    start_s = times.start_s + times.open_s + reading
    free = [start_s] * workers
    takes = times.part_s * rng.lognormal(-(spread**2) / 2, spread, n_parts)
    now, driver_s, sent = 0.0, 0.0, 0
    pending: deque[float] = deque()
    while sent < n_parts or pending:
        while sent < n_parts and len(pending) < 2 * workers:
            done = max(heapq.heappop(free), now) + takes[sent]
            heapq.heappush(free, done)
            pending.append(done)
            sent += 1
        now = max(now, pending.popleft()) + times.drive_s
        driver_s += times.drive_s
    return Played(seconds=float(now), start_s=start_s, driver_s=driver_s)


def limit(played: Played, encoding_s: float) -> str:
    lost = {
        "reading all inputs in every worker": played.start_s,
        "the driver": played.driver_s,
        "waiting for the last parts": played.seconds - played.start_s - encoding_s,
    }
    return max(lost, key=lost.__getitem__)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("model")
    parser.add_argument("--data")
    parser.add_argument("--inputs", type=int, nargs="+", default=[50_000, 1_200_000])
    parser.add_argument("--bandwidth", type=float, default=1e9, help="bytes a second, all together")
    parser.add_argument("--spread", type=float, default=0.2, help="of the logarithm of part times")
    parser.add_argument("--faster", type=float, default=1.0, help="a device so many times as fast")
    given = parser.parse_args()
    options = {} if given.data is None else {"data": given.data}
    times = measure(given.model, **options)
    times = evolve(times, part_s=times.part_s / given.faster)
    print(times)
    for n_inputs in given.inputs:
        print(f"\n{n_inputs:,} inputs\n| workers | time | efficiency | most of the rest |")
        print("| ---: | ---: | ---: | --- |")
        one = -(-n_inputs // times.part_inputs) * times.part_s
        for workers in WORKERS:
            played = play(times, n_inputs, workers, spread=given.spread, bandwidth=given.bandwidth)
            share = one / workers / played.seconds
            print(
                f"| {workers:,} | {played.seconds:,.0f} s | {share:.0%} | "
                f"{limit(played, one / workers)} |"
            )


if __name__ == "__main__":
    main()

"""
What does a score cost? From encodings a second to hours and money.

    python -m benchmarks.cost_model --device "2 cores=8000:0.08" --device "H100=60000:3.50"
    python -m benchmarks.cost_model --check MODEL [--data DATA]

A device is NAME=ENCODINGS_PER_SECOND[:PRICE_PER_HOUR]; the rate is that of result.json
(`runtime.encodings_per_second`). A score takes N (J + 1) encodings, twice as many with its null.
N is either all inputs or what the wanted precision needs: (1.96 s / h)^2 for a half-width h, where
s is the spread of one input's contribution (0.17 is usual for trained encoders).

With --check the model is measured: a short run gives rate and start-up, from which the time of a
run five times as long is predicted; that run is then done, and both times are printed.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from math import ceil

from attrs import frozen

import rmqm_spec

INPUTS = (50_000, 1_200_000)
SPREAD = 0.17


@frozen
class Device:
    """A device by name, its encodings a second, and its price an hour."""

    name: str
    rate: float
    price: float

    @classmethod
    def read(cls, text: str) -> Device:
        """Read NAME=RATE:PRICE."""
        name, _, numbers = text.rpartition("=")
        rate, _, price = numbers.partition(":")
        return cls(name, float(rate), float(price or 0))

    def seconds(self, n_inputs: int, *, levels: int = 99, null: bool = True) -> float:
        """
        Return how long a score takes.

        Examples
        --------
        >>> Device("a", 1000.0, 0.0).seconds(50_000, null=False)
        5000.0
        """
        return n_inputs * (levels + 1) * (1 + null) / self.rate


def needed(half_width: float, spread: float = SPREAD) -> int:
    """
    Return how many inputs a half-width needs.

    Examples
    --------
    >>> needed(0.05), needed(0.01)
    (45, 1111)
    """
    return ceil((1.96 * spread / half_width) ** 2)


def table(devices: list[Device]) -> str:
    lines = ["| device | inputs | hours | money |", "| --- | ---: | ---: | ---: |"]
    for device in devices:
        for label, n in (
            *((f"all {n:,}", n) for n in INPUTS),
            *((f"{needed(half):,} (to within {half})", needed(half)) for half in (0.05, 0.01)),
        ):
            hours = device.seconds(n) / 3600
            money = hours * device.price
            lines.append(f"| {device.name} | {label} | {hours:,.2f} | {money:,.2f} |")
    return "\n".join(lines)


def check(model: str, n_short: int, **options: object) -> tuple[float, float]:
    """Return predicted and measured seconds of a run five times as long as a short one."""
    quiet = rmqm_spec.Listener()
    seconds = []
    for n in (n_short, n_short, 2 * n_short, 5 * n_short):  # the first one warms up
        with tempfile.TemporaryDirectory() as out:
            begun = time.perf_counter()
            rmqm_spec.score(model, n=n, null=False, out=out, listener=quiet, **options)
            seconds.append(time.perf_counter() - begun)
    _, once, twice, measured = seconds
    return once + 4 * (twice - once), measured


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--device", type=Device.read, action="append", default=[])
    parser.add_argument("--check", metavar="MODEL")
    parser.add_argument("--short", type=int, default=60, help="inputs of the short run")
    parser.add_argument("--data")
    given = parser.parse_args()
    if given.check:
        options = {} if given.data is None else {"data": given.data}
        predicted, measured = check(given.check, given.short, **options)
        print(f"predicted {predicted:.1f} s, measured {measured:.1f} s: {measured / predicted:.2f}")
    if given.device:
        print(table(given.device))


if __name__ == "__main__":
    main()

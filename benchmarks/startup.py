"""
What commands cost before and beside their work: wall time and processor time, and by which imports.

Every command runs in a fresh process, in turn and several times over. The processor time counts all
processes that a command starts. It is what to compare where other work shares the machine. The
first run of a command does not count: it warms the disk and writes the bytecode.

    python benchmarks/startup.py
    python benchmarks/startup.py --repeats 20 --imports check
    python benchmarks/startup.py --python ../other/.venv/bin/python
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MODEL = Path(__file__).resolve().parents[1] / "examples" / "digits_ntxent.onnx"
COMMANDS = {
    "bare": ["-c", "pass"],
    "help": ["-m", "rmqm_spec", "--help"],
    "version": ["-m", "rmqm_spec", "--version"],
    "explain": ["-m", "rmqm_spec", "explain", "PRE001"],
    "check": ["-m", "rmqm_spec", "check", str(MODEL)],
    "score": ["-m", "rmqm_spec", "score", str(MODEL), "--n", "8"],
}
ENVIRONMENT = {
    name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
}
SHOWN = 12
"""Modules that are listed: those that take longest by themselves and with what they import."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--repeats", type=int, default=10)
    parser.add_argument("--python", action="append", help="interpreters to compare, in turn")
    parser.add_argument("--imports", choices=COMMANDS, help="show what this command imports")
    options = parser.parse_args()
    pythons = options.python or [sys.executable]
    if options.imports:
        print_imports(pythons[0], COMMANDS[options.imports])
        return
    print("| command | python | wall, s | processor, s | least wall | least processor |")
    print("| --- | --- | ---: | ---: | ---: | ---: |")
    for command, words in COMMANDS.items():
        seen = {python: [] for python in pythons}
        for repeat in range(options.repeats + 1):
            for python in pythons:
                seconds = measured([python, *words])
                if repeat:
                    seen[python].append(seconds)
        for python, seconds in seen.items():
            print_row(command, python, seconds)


def measured(command: list[str]) -> tuple[float, float]:
    """Run a command in a fresh folder; returns wall time and processor time of all processes."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=ENVIRONMENT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return wall, used.ru_utime + used.ru_stime


def print_row(command: str, python: str, seconds: list[tuple[float, float]]) -> None:
    wall, processor = zip(*seconds, strict=True)
    numbers = [statistics.median(wall), statistics.median(processor), min(wall), min(processor)]
    print(f"| {command} | {python} | {' | '.join(f'{number:.3f}' for number in numbers)} |")


def print_imports(python: str, words: list[str]) -> None:
    """List what the first process of a command spends on imports, the most costly modules first."""
    command = [python, "-X", "importtime", *words]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, check=True)
        done = subprocess.run(
            command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=True
        )
    lines = re.findall(r"import time:\s+(\d+) \|\s+(\d+) \| (\s*)(\S+)", done.stderr)
    print(f"{len(lines)} modules, {sum(int(own) for own, *_ in lines) / 1e3:.0f} ms")
    for title, column in (("by itself", 0), ("with what it imports", 1)):
        print(f"\n| module | {title}, ms |\n| --- | ---: |")
        for line in sorted(lines, key=lambda line: -int(line[column]))[:SHOWN]:
            print(f"| {line[3]} | {int(line[column]) / 1e3:.1f} |")


if __name__ == "__main__":
    main()

"""
What an install costs: bytes to download, bytes on disk and seconds, by distribution.

What is asked for, ``.[cpu]`` of this checkout unless named otherwise, is downloaded without a cache
and installed into a fresh virtual environment in a temporary folder. Sizes on disk are those of the
files that each distribution lists as its own, with the bytecode that pip compiles. Seconds of the
download are those of this network.

    python benchmarks/install_size.py
    python benchmarks/install_size.py ".[cpu,report]"
    python benchmarks/install_size.py numpy scipy
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from importlib.metadata import Distribution, distributions
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
MB = 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("requirement", nargs="*", default=[".[cpu]"])
    wanted = parser.parse_args().requirement
    with tempfile.TemporaryDirectory() as folder:
        wheels, venv = Path(folder, "wheels"), Path(folder, "venv")
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
        python = venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        before = {name(one) for one in installed(python)}
        download_s = pip(python, "wheel", "--no-cache-dir", "--wheel-dir", wheels, *wanted)
        offline = ("--no-index", "--find-links", wheels)
        install_s = pip(python, "install", *offline, *local_wheels(wanted, wheels))
        sizes = {
            name(one): (one.version, wheel_of(one, wheels).stat().st_size, size_on_disk(one))
            for one in installed(python)
            if name(one) not in before
        }
    print_table(sizes)
    print(f"{' '.join(wanted)}: {download_s:.0f} s of downloads and builds, {install_s:.0f} s of")
    print(f"installing; Python {sys.version.split()[0]}, {sys.platform}")


def pip(python: Path, command: str, *arguments: object) -> float:
    """Run pip in the checkout, where ``.`` is this package; returns seconds."""
    started = time.perf_counter()
    words = [python, "-m", "pip", command, "--quiet", "--disable-pip-version-check", *arguments]
    subprocess.run([str(word) for word in words], cwd=HERE, check=True)
    return time.perf_counter() - started


def local_wheels(wanted: list[str], wheels: Path) -> list[str]:
    """Name the wheel that was built of this checkout, where the checkout was asked for."""
    return [
        f"{next(wheels.glob('rmqm_spec-*.whl'))}{one[1:]}" if one.startswith(".") else one
        for one in wanted
    ]


def installed(python: Path) -> list[Distribution]:
    """Return the distributions in the environment of an interpreter."""
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout
    return list(distributions(path=[site.strip()]))


def name(one: Distribution) -> str:
    return re.sub(r"[-_.]+", "_", one.metadata["Name"]).lower()


def wheel_of(one: Distribution, wheels: Path) -> Path:
    prefix = f"{name(one)}-{one.version}-"
    return next(path for path in wheels.iterdir() if normal(path.name).startswith(normal(prefix)))


def normal(text: str) -> str:
    return re.sub(r"[-_.]+", "-", text).lower()


def size_on_disk(one: Distribution) -> int:
    files = {Path(one.locate_file(file)).resolve() for file in one.files or []}
    return sum(path.stat().st_size for path in files if path.is_file())


def print_table(sizes: dict[str, tuple[str, int, int]]) -> None:
    print("| distribution | version | download, MB | on disk, MB |\n| --- | --- | ---: | ---: |")
    for distribution, (version, wheel, disk) in sorted(sizes.items(), key=lambda kv: -kv[1][2]):
        print(f"| {distribution} | {version} | {wheel / MB:.1f} | {disk / MB:.1f} |")
    _, wheel_sizes, disk_sizes = zip(*sizes.values(), strict=True)
    print(f"| all {len(sizes)} | | {sum(wheel_sizes) / MB:.1f} | {sum(disk_sizes) / MB:.1f} |\n")


if __name__ == "__main__":
    main()

"""
Whether this checkout gives the bits of another checkout, for a fixed list of commands.

Every command runs in a fresh folder with the interpreter of each checkout in turn. It compares the
digests in the documents, the numbers themselves, the arrays of ``distances.npz`` and the tables,
each by a digest over its bytes. Versions, time and place do not count. The exit status is 1 if
anything differs or a command fails.

The digest of a result covers sentences: its findings, and why an input was chosen. If their wording
has changed, pass ``--sentences-may-differ``: then differences in them, and in the digests that
cover them, do not count.

    python benchmarks/same_bits.py --against ../landed
    python benchmarks/same_bits.py --against ../landed --python ../landed/.venv/bin/python
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parents[1]
SHARED = HERE.parent / "shared"
EXAMPLES, MODELS, DATA = HERE / "examples", SHARED / "models", SHARED / "data"
NTXENT, CROSS_ENTROPY = EXAMPLES / "digits_ntxent.onnx", EXAMPLES / "digits_cross_entropy.onnx"
MNIST = f"--data {DATA}/mnist.npz:test_images"
CIFAR = f"--data {DATA}/cifar10_lossless_test100.npz:images"
IMAGENET_MEAN = "--mean 0.485,0.456,0.406"
TWO_MODELS = f"{MODELS}/mnist_dynamo_external_data {MODELS}/mnist_cntk_opset8.onnx"

CASES = {
    "paper": f"score {NTXENT} --n 12",
    "paper, another encoder": f"score {CROSS_ENTROPY} --n 12",
    "another seed": f"score {NTXENT} --n 6 --seed 7 --no-null",
    "authors-2022": f"score {NTXENT} --n 8 --variant authors-2022",
    "common draws": f"score {NTXENT} --n 8 --levels 12 --coupling common",
    "pgd": f"score {NTXENT} --n 8 --alteration pgd --levels 6",
    "pgd, finite differences": (
        f"score {CROSS_ENTROPY} --n 4 --alteration pgd --levels 3 --gradient finite-differences"
    ),
    "precision": f"score {NTXENT} --precision 0.05",
    "one thread": f"score {NTXENT} --n 40 --levels 12 --threads 1",
    "two threads": f"score {NTXENT} --n 40 --levels 12 --threads 2",
    "batches of 16": f"score {NTXENT} --n 40 --levels 12 --batch-size 16",
    "rank": f"rank {NTXENT} {CROSS_ENTROPY} --n 12 --levels 12",
    "mnist": (
        f"score {MODELS}/mnist_dynamo_external_data {MNIST} --mean 0.1307 --std 0.3081"
        " --n 8 --levels 12"
    ),
    "cifar": (
        f"score {MODELS}/cifar10_wide_kw_ir3.onnx {CIFAR} {IMAGENET_MEAN} --std 0.225"
        " --n 4 --levels 12"
    ),
    "nhwc": f"score {MODELS}/cifar10_tf2onnx_nhwc_large.onnx {CIFAR} --n 4 --levels 12",
    "quantised": (
        f"score {MODELS}/cifar10_mobilenetv2_224_dynint8.onnx {CIFAR} {IMAGENET_MEAN}"
        " --std 0.229,0.224,0.225 --n 3 --levels 4"
    ),
    "probe": (
        f"probe {TWO_MODELS} --scale 255 {MNIST} --labels {DATA}/mnist.npz:test_labels --n 200"
    ),
}
"""Name of each case, and its command; `--out` is added."""

DIGESTS = ("result_sha256", "protocol_sha256", "ranking_sha256", "probe_sha256")
NUMBERS = {
    "result.json": ("rmqm", "interval", "components", "weighted_rmqm", "counts", "curves"),
    "rank.json": ("ranked", "unranked", "pairs", "order_probability"),
    "probe.json": ("probes", "chance", "classes", "split"),
}
NO_NUMBERS = {"encodings_per_second", "findings", "result_sha256"}
NOT_IDENTITY = {"created", "seconds", "runtime", "versions", "run_sha256", "null", *DIGESTS}
COVER_SENTENCES = ("result_sha256", "ranking_sha256", "probe_sha256", "findings")


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def facts_of(folder: Path) -> dict[str, str]:
    """Return what the files of a finished command say, each fact as a digest."""
    facts: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        place = path.relative_to(folder).as_posix()
        if path.name in NUMBERS:
            document = json.loads(path.read_text("utf-8"))
            facts |= {f"{place}: {name}": value for name, value in of_document(path, document)}
        elif path.name == "distances.npz":
            facts |= {f"{place}: {name}": value for name, value in of_arrays(path)}
        elif path.suffix == ".csv":
            facts[place] = sha256(path.read_bytes())
    return facts


def of_document(path: Path, document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name in DIGESTS:
        if document.get(name):
            yield name, document[name]
    if path.name != "rank.json":
        yield "ids_sha256", document["inputs"]["ids_sha256"]
    numbers = {key: document[key] for key in NUMBERS[path.name] if key in document}
    yield "numbers", of_json(without(numbers, NO_NUMBERS))
    yield "findings", of_json(document["findings"])
    if path.name == "result.json":
        yield "all but sentences", of_json(without(document, NOT_IDENTITY | {"findings", "why"}))


def of_json(value: Any) -> str:
    return sha256(json.dumps(value, sort_keys=True).encode())


def without(value: Any, names: set[str]) -> Any:
    """Return nested data without the entries of these names."""
    if isinstance(value, dict):
        return {key: without(v, names) for key, v in value.items() if key not in names}
    return [without(v, names) for v in value] if isinstance(value, list) else value


def of_arrays(path: Path) -> Iterator[tuple[str, str]]:
    with np.load(path, allow_pickle=False) as arrays:
        for name in sorted(set(arrays.files) - {"result_sha256"}):
            array = np.ascontiguousarray(arrays[name])
            yield name, sha256(f"{array.dtype.str}{array.shape}".encode() + array.tobytes())


def run(python: Path, command: str, folder: Path) -> dict[str, str]:
    """Run a command with an interpreter; a failure is a fact like the others."""
    folder.mkdir(parents=True)
    words = [str(python), "-m", "rmqm_spec", *command.split(), "--out", "out"]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    facts = {"exit status": str(done.returncode), **facts_of(folder / "out")}
    if done.returncode or len(facts) == 1:
        sys.exit(f"{' '.join(words)}\nended with {done.returncode} and left\n{done.stderr}")
    return facts


def check_interpreter(python: Path, checkout: Path) -> None:
    """Refuse an interpreter that would import another checkout than its own."""
    code = "import rmqm_spec; print(rmqm_spec.__file__)"
    words = [str(python), "-c", code]
    done = subprocess.run(words, cwd="/", capture_output=True, text=True, check=True)
    if not Path(done.stdout.strip()).resolve().is_relative_to(checkout.resolve()):
        sys.exit(f"{python} must import rmqm_spec from {checkout}; got {done.stdout.strip()}")


def compare(name: str, before: dict[str, str], after: dict[str, str], may_differ: bool) -> int:
    """Print a case and return how many of its facts differ."""
    n_different = 0
    print(f"\n{name}")
    for fact in sorted(before | after):
        old, new = before.get(fact, "-"), after.get(fact, "-")
        verdict = "same" if old == new else "DIFF"
        if old != new and may_differ and fact.endswith(COVER_SENTENCES):
            verdict = "text"
        n_different += verdict == "DIFF"
        print(f"  {verdict}  {old[:12]:<12}  {new[:12]:<12}  {fact}")
    return n_different


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--against", type=Path, required=True, help="the other checkout")
    parser.add_argument("--python", type=Path, help="its interpreter; .venv/bin/python by default")
    parser.add_argument("--case", action="append", choices=CASES, help="this case only; repeatable")
    parser.add_argument("--sentences-may-differ", action="store_true", help="compare numbers alone")
    arguments = parser.parse_args()
    pythons = {
        arguments.against: arguments.python or arguments.against / ".venv" / "bin" / "python",
        HERE: Path(sys.executable),
    }
    for checkout, python in pythons.items():
        check_interpreter(python.absolute(), checkout)
    n_different = 0
    left_out = []
    with tempfile.TemporaryDirectory() as folder:
        for name, command in CASES.items():
            if arguments.case and name not in arguments.case:
                continue
            if str(SHARED) in command and not SHARED.is_dir():
                left_out.append(name)
                continue
            before, after = (
                run(python.absolute(), command, Path(folder) / name / str(side))
                for side, python in enumerate(pythons.values())
            )
            n_different += compare(name, before, after, arguments.sentences_may_differ)
    for name in left_out:
        print(f"\n{name}: left out, needs the folder {SHARED}")
    print(f"\n{n_different} differences")
    sys.exit(1 if n_different else 0)


if __name__ == "__main__":
    main()

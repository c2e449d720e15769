"""
The cases whose numbers are kept, and the script that wrote ``landed.json``.

Every case returns plain data with up to two entries: ``exact`` holds digests and numbers that are
the same bits on every processor, ``close`` holds numbers that follow the arithmetic of a runtime.
``landed.json`` was written at commit c43a0d1. Write it anew only where the specification itself
changes a number, and say so in the changelog:

    python tests/golden/golden_cases.py
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

from rmqm_spec import PGD, EncoderTraits, Evaluation, WhiteNoise, evaluate, white_noise
from rmqm_spec.identity import digest_of_ids

HERE = Path(__file__).parent
LANDED = HERE / "landed.json"
EXAMPLES = HERE.parents[1] / "examples"
NTXENT, CROSS_ENTROPY = (
    str(EXAMPLES / name) for name in ("digits_ntxent.onnx", "digits_cross_entropy.onnx")
)


def images(n: int, *shape: int) -> np.ndarray:
    """Make images from integers alone: one exact division makes them float32 in [0, 1]."""
    size = n * int(np.prod(shape))
    integers = np.arange(1, size + 1, dtype=np.uint64) * np.uint64(2654435761)
    return ((integers >> np.uint64(7)) % np.uint64(256)).astype(np.float32).reshape(
        n, *shape
    ) / np.float32(255)


def edges(inputs: np.ndarray) -> np.ndarray:
    """Encode by single additions and multiplications: every processor rounds them alike."""
    rows = inputs.reshape(len(inputs), -1)
    difference = np.maximum(rows[:, 1:] - rows[:, :-1], 0)
    return np.concatenate([difference + 0.125, rows * rows], axis=1)


class Edges:
    """The encoder `edges` with its gradient, for PGD."""

    traits = EncoderTraits(batch_size=5)

    def encode(self, inputs: np.ndarray, /) -> np.ndarray:
        return edges(inputs)

    def vjp(self, inputs: np.ndarray, /) -> tuple[np.ndarray, Callable[..., np.ndarray]]:
        rows = inputs.reshape(len(inputs), -1)
        rises = rows[:, 1:] > rows[:, :-1]

        def pullback(cotangent: np.ndarray) -> np.ndarray:
            split = rows.shape[1] - 1
            gradient = 2 * rows * cotangent[:, split:]
            through = np.where(rises, cotangent[:, :split], 0)
            gradient[:, 1:] += through
            gradient[:, :-1] -= through
            return gradient.reshape(inputs.shape).astype(inputs.dtype)

        return edges(inputs), pullback


def bits(array: np.ndarray) -> str:
    """Name an array by its type, its shape and its bytes."""
    little = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
    return hashlib.sha256(f"{little.dtype}{little.shape}".encode() + little.tobytes()).hexdigest()


def numbers(evaluation: Evaluation) -> dict[str, Any]:
    found = evaluation.characteristics
    return {
        "rmqm": evaluation.rmqm,
        "interval": list(evaluation.interval),
        "weighted_rmqm": found.weighted_rmqm,
        "components": [found.D, found.D_RC, found.P_RC, found.S],
        "displacements": evaluation.displacements[::4, ::11].tolist(),
        "step_lengths": evaluation.step_lengths[::4, ::11].tolist(),
    }


def facts(evaluation: Evaluation) -> dict[str, Any]:
    return {
        "status": evaluation.status,
        "ids": digest_of_ids(evaluation.ids),
        "alteration": evaluation.alteration,
        "counts": [evaluation.n_offered, evaluation.n_seen, evaluation.n_duplicates],
        "stopped_early": evaluation.stopped_early,
        "undefined_terms": evaluation.characteristics.undefined_terms,
    }


def exactly(evaluation: Evaluation) -> dict[str, Any]:
    """Return all of an evaluation whose encoder rounds alike everywhere, as quantiles do not."""
    found = numbers(evaluation)
    interval = found.pop("interval")
    distances = {
        "displacements": bits(evaluation.displacements),
        "step_lengths": bits(evaluation.step_lengths),
    }
    exact = {**facts(evaluation), **found, "bits": distances}
    return {"exact": exact, "close": {"interval": interval}}


def closely(evaluation: Evaluation) -> dict[str, Any]:
    return {"exact": facts(evaluation), "close": numbers(evaluation)}


def noise() -> dict[str, Any]:
    inputs = images(3, 1, 6, 6)
    signed = inputs * np.float32(2) - np.float32(1)
    return {
        "exact": {
            "bits": bits(white_noise(inputs)),
            "seed 7": bits(white_noise(inputs, seed=7)),
            "common": bits(white_noise(inputs, n_levels=12, coupling="common")),
            "signed": bits(white_noise(signed, n_levels=5, bounds=(-1.0, 1.0))),
            "some levels": bits(white_noise(inputs, [0, 4, 9], n_levels=9)),
            "double": bits(white_noise(inputs.astype(np.float64), n_levels=5)),
        }
    }


def duplicates() -> dict[str, Any]:
    inputs = images(6, 16)
    return exactly(evaluate(edges, np.concatenate([inputs, inputs[:2]])))


def onnx(path: str, **options: Any) -> dict[str, Any]:
    from rmqm_onnx import open_encoder

    return closely(evaluate(open_encoder(path), images(9, 1, 8, 8), **options))


def command_line(arguments: str, folder: Path) -> None:
    """Run one command within this process, quietly; it must end with 0."""
    from rmqm_spec.cli import main

    words = ["rmqm-spec", *arguments.split(), "--out", str(folder / "out")]
    said, before = io.StringIO(), signal.getsignal(signal.SIGTERM)
    try:
        with (
            mock.patch.object(sys, "argv", words),
            contextlib.redirect_stdout(said),
            contextlib.redirect_stderr(said),
        ):
            main()
    except SystemExit as end:
        if end.code:
            raise RuntimeError(f"{arguments} ended with {end.code}:\n{said.getvalue()}") from end
    finally:
        signal.signal(signal.SIGTERM, before)


def read(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def result_facts(document: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    exact = {
        "status": document["status"],
        "protocol": document["protocol"],
        "protocol_sha256": document["protocol_sha256"],
        "ids_sha256": document["inputs"]["ids_sha256"],
        "counts": document["counts"],
        "model": document["model"]["sha256"],
    }
    close = {key: document[key] for key in ("rmqm", "interval", "components", "weighted_rmqm")}
    return exact, close


def scored(arguments: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        command_line(f"score {arguments}", folder)
        exact, close = result_facts(read(folder / "out/result.json"))
        if (null := folder / "out/null/result.json").is_file():
            null_exact, close["null"] = result_facts(read(null))
            exact["null"] = null_exact["model"]
        return {"exact": exact, "close": close}


def ranked() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        command_line(f"rank {CROSS_ENTROPY} {NTXENT} --n 8 --levels 12", folder)
        document = read(folder / "out/rank.json")
    models, (pair,) = document["ranked"], document["pairs"]
    return {
        "exact": {
            "order": [model["name"] for model in models],
            "letters": [model["letters"] for model in models],
            "protocol": document["protocol"],
            "tied": pair["tied"],
            "nulls": [model["null"]["model_sha256"] for model in models],
        },
        "close": {
            "models": [[m["rmqm"], m["interval"], m["components"], m["shares"]] for m in models],
            "nulls": [
                [model["null"][key] for key in ("rmqm", "difference", "difference_interval")]
                for model in models
            ],
            "pair": [pair[key] for key in ("difference", "interval", "parts")],
        },
    }


def probed() -> dict[str, Any]:
    from sklearn.datasets import load_digits

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pixels, labels = load_digits(return_X_y=True)
        bytes_ = (pixels[:120] * 15).astype(np.uint8).reshape(-1, 8, 8)
        np.savez(folder / "digits.npz", images=bytes_, labels=labels[:120])
        data = f"--data {folder}/digits.npz:images --labels {folder}/digits.npz:labels"
        command_line(f"probe {NTXENT} {data} --C 10", folder)
        document = read(folder / "out/probe.json")
    neighbours = [document["probes"][name]["correct"] for name in ("1-nn", "5-nn")]
    return {
        "exact": {
            "ids_sha256": document["inputs"]["ids_sha256"],
            "split": document["split"],
            "classes": document["classes"],
            "neighbours": neighbours,
            "linear": [document["probes"]["linear"][key] for key in ("correct", "judged", "C")],
        },
        "close": {"chance": document["chance"]},
    }


CASES: dict[str, Callable[[], dict[str, Any]]] = {
    "noise": noise,
    "paper": lambda: exactly(evaluate(edges, images(12, 1, 4, 4))),
    "authors-2022": lambda: exactly(evaluate(edges, images(8, 16), variant="authors-2022")),
    "common draws": lambda: exactly(
        evaluate(edges, images(8, 16), alteration=WhiteNoise(n_levels=12, coupling="common"))
    ),
    "signed, seed 7": lambda: exactly(
        evaluate(edges, images(8, 16) * np.float32(2) - np.float32(1), seed=7, bounds=(-1.0, 1.0))
    ),
    "double": lambda: exactly(evaluate(edges, images(5, 16).astype(np.float64))),
    "batches and threads": lambda: exactly(
        evaluate(edges, images(12, 1, 4, 4), batch_size=7, workers=2)
    ),
    "duplicates": duplicates,
    "precision": lambda: exactly(evaluate(edges, images(160, 16), precision=0.04)),
    "resolution": lambda: exactly(evaluate(edges, images(8, 16), resolution=0.3)),
    "pgd": lambda: exactly(evaluate(Edges(), images(8, 16), alteration=PGD(n_levels=9))),
    "pgd, authors-2022": lambda: exactly(
        evaluate(
            Edges(), images(6, 16), alteration=PGD(restarted=True, seed=3), variant="authors-2022"
        )
    ),
    "onnx, paper": lambda: onnx(NTXENT),
    "onnx, authors-2022": lambda: onnx(CROSS_ENTROPY, variant="authors-2022"),
    "onnx, pgd": lambda: onnx(NTXENT, alteration=PGD(n_levels=6)),
    "command line, paper": lambda: scored(f"{NTXENT} --n 12"),
    "command line, authors-2022": lambda: scored(f"{NTXENT} --n 6 --variant authors-2022"),
    "command line, common draws": lambda: scored(
        f"{CROSS_ENTROPY} --n 6 --levels 12 --coupling common --seed 5"
    ),
    "command line, pgd": lambda: scored(f"{NTXENT} --n 5 --alteration pgd --levels 6"),
    "command line, precision": lambda: scored(f"{NTXENT} --precision 0.06 --no-null"),
    "rank": ranked,
    "probe": probed,
}


def plain(value: Any) -> Any:
    """Return what reading the JSON gives: lists for tuples, None for NaN."""
    text = json.dumps(value).replace("NaN", "null")
    return json.loads(text)


def main() -> None:
    landed = {name: plain(case()) for name, case in CASES.items()}
    lines = (f"{json.dumps(name)}: {json.dumps(facts)}" for name, facts in landed.items())
    LANDED.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()

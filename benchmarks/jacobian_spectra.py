"""
Spectra of an autoencoder's Jacobians: this package, from ONNX alone, beside PyTorch.

    pip install torch==2.13.0
    python benchmarks/jacobian_spectra.py --json benchmarks/results/jacobian_spectra.json

All take the same inputs, weights and number of threads, one, and return both n x n Jacobians of
each input, J_L = dE(D(z)) dD(z) and J_I's equivalent dE(x) dD(z), and their eigenvalues. They take
turns within a run; the median ratio of processor time of a turn counts, which holds on a machine
that others use too. The forms in PyTorch:

- rows: ``vmap`` and ``jacrev``; rows of the encoder are pulled back through the decoder;
- rows and columns: ``jacrev`` of the encoder times ``jacfwd`` of the decoder, as we do;
- compiled: the same through ``torch.compile``, its compilation not counted;
- by hand: the same as products of weight matrices, written out for a perceptron.

Memory is the peak of what NumPy allocates and of the resident process while Jacobians of 200 and of
2,000 inputs pass by in blocks.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import tracemalloc
import warnings
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from contest import Contest, write
from torch import nn
from torch.func import jacfwd, jacrev, vjp, vmap

from rmqm_onnx import OpenOptions, open_encoder
from rmqm_spec.jacobians import Autoencoder, blocks_of_jacobians
from rmqm_spec.spectra import spectrum

LATENT = 20
NETWORKS = {"512 and 256": (512, 256), "128": (128,)}
BATCH = 200
Jacobians = tuple[torch.Tensor, torch.Tensor]


class Perceptrons:
    """An encoder 784-...-20 and a decoder 20-...-784 with tanh between layers, and their files."""

    def __init__(self, name: str, folder: Path) -> None:
        hidden = NETWORKS[name]
        torch.manual_seed(0)
        self.encoder = _perceptron((784, *hidden, LATENT))
        self.decoder = _perceptron((LATENT, *hidden[::-1], 784), nn.Sigmoid())
        self.paths = {}
        for role, module, length in (("E", self.encoder, 784), ("D", self.decoder, LATENT)):
            self.paths[role] = folder / f"{role}.onnx"
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                torch.onnx.export(
                    module, (torch.zeros(1, length),), self.paths[role], dynamo=False,
                    input_names=["x"], output_names=["y"],
                    dynamic_axes={"x": {0: "N"}, "y": {0: "N"}},
                )  # fmt: skip

    def opened(self, batch_size: int | None = BATCH) -> Autoencoder:
        """Open both files on a single thread."""
        options = OpenOptions(threads=1, layout="array", batch_size=batch_size)
        return Autoencoder(*(open_encoder(self.paths[role], options) for role in "ED"))


def _perceptron(lengths: tuple[int, ...], *last: nn.Module) -> nn.Sequential:
    layers = [layer for pair in pairwise(lengths) for layer in (nn.Linear(*pair), nn.Tanh())]
    return nn.Sequential(*layers[:-1], *last).requires_grad_(False)


def ours(nets: Perceptrons, x: np.ndarray, batch_size: int | None) -> Callable[[], object]:
    autoencoder = nets.opened(batch_size)

    def work() -> list[np.ndarray]:
        blocks = list(blocks_of_jacobians(autoencoder, x))
        both = [
            np.concatenate([getattr(b, which) for b in blocks]) for which in ("latent", "input")
        ]
        return [*both, *(spectrum(matrices).eigenvalues for matrices in both)]

    return work


def by_torch(form: Callable[[torch.Tensor], Jacobians], x: np.ndarray) -> Callable[[], object]:
    def work() -> list[np.ndarray]:
        with torch.no_grad():
            parts = [form(torch.from_numpy(x[k : k + BATCH])) for k in range(0, len(x), BATCH)]
            both = [torch.cat(one) for one in zip(*parts, strict=True)]
            # beside eigenvalues and traces, the log volume and its sign
            found = [torch.linalg.eigvals(one) for one in both]
            [torch.linalg.slogdet(one) for one in both]
        return [one.numpy() for one in (*both, *found)]

    return work


def rows(nets: Perceptrons) -> Callable[[torch.Tensor], Jacobians]:
    def one(x: torch.Tensor) -> Jacobians:
        z = nets.encoder(x)
        of_encoder = jacrev(nets.encoder)(x)
        _, back = vjp(nets.decoder, z)
        return jacrev(lambda z: nets.encoder(nets.decoder(z)))(z), vmap(back)(of_encoder)[0]

    return vmap(one)


def rows_and_columns(nets: Perceptrons) -> Callable[[torch.Tensor], Jacobians]:
    def one(x: torch.Tensor) -> Jacobians:
        z = nets.encoder(x)
        of_decoder = jacfwd(nets.decoder)(z)
        again = jacrev(nets.encoder)(nets.decoder(z))
        return again @ of_decoder, jacrev(nets.encoder)(x) @ of_decoder

    return vmap(one)


def by_hand(nets: Perceptrons) -> Callable[[torch.Tensor], Jacobians]:
    identity = torch.eye(LATENT)

    def many(x: torch.Tensor) -> Jacobians:
        directions = identity.expand(len(x), LATENT, LATENT)
        z, slopes_x = _values_and_slopes(nets.encoder, x)
        y, slopes_z = _values_and_slopes(nets.decoder, z)
        _, slopes_y = _values_and_slopes(nets.encoder, y)
        columns = _forward(nets.decoder, slopes_z, directions).transpose(1, 2)
        both = (_back(nets.encoder, slopes, directions) for slopes in (slopes_y, slopes_x))
        latent, of_input = (one @ columns for one in both)
        return latent, of_input

    return many


def _values_and_slopes(net: nn.Sequential, x: torch.Tensor) -> tuple[torch.Tensor, list]:
    slopes = []
    for layer in net:
        x = layer(x)
        if isinstance(layer, nn.Tanh):
            slopes.append(1 - x * x)
        elif isinstance(layer, nn.Sigmoid):
            slopes.append(x * (1 - x))
        else:
            slopes.append(layer.weight)
    return x, slopes


def _forward(net: nn.Sequential, slopes: list, along: torch.Tensor) -> torch.Tensor:
    for layer, slope in zip(net, slopes, strict=True):
        if isinstance(layer, nn.Linear):
            along = (along.flatten(0, 1) @ slope.T).unflatten(0, along.shape[:2])
        else:
            along = along * slope[:, None]
    return along


def _back(net: nn.Sequential, slopes: list, along: torch.Tensor) -> torch.Tensor:
    for layer, slope in zip(reversed(net), reversed(slopes), strict=True):
        if isinstance(layer, nn.Linear):
            along = (along.flatten(0, 1) @ slope).unflatten(0, along.shape[:2])
        else:
            along = along * slope[:, None]
    return along


def compare(name: str, n: int, repeats: int, folder: Path, *, compiles: bool) -> dict[str, object]:
    """Let all forms take turns, after a check that they agree."""
    nets = Perceptrons(name, folder)
    x = np.random.default_rng(0).random((n, 784), dtype=np.float32)
    forms = {
        "rows": rows(nets),
        "rows_and_columns": rows_and_columns(nets),
        "by_hand": by_hand(nets),
    }
    if compiles:
        forms["compiled"] = torch.compile(forms["rows_and_columns"])
    works = {
        "ours": ours(nets, x, BATCH),
        "ours_by_default": ours(nets, x, None),
        **{form: by_torch(many, x) for form, many in forms.items()},
    }
    wanted = works["ours"]()[:2]
    for form, work in works.items():
        for found, want in zip(work()[:2], wanted, strict=True):
            error = np.linalg.norm(found - want) / np.linalg.norm(want)
            if error > 1e-5:
                raise ValueError(f"{form} must agree with ours to 1e-5; got {error:.2g}")
    contest = Contest(works, repeats)
    row = {
        "network": name,
        "inputs": n,
        "n": LATENT,
        "ms_per_input": {form: round(1e3 * min(contest.processor[form]) / n, 4) for form in works},
        "ours_over": {form: contest.ratio("ours", form) for form in works if form != "ours"},
    }
    print(row, flush=True)
    return row


def memory(n: int) -> None:
    """Print the peak in MiB beside n inputs: what NumPy allocates, and the resident process."""
    with tempfile.TemporaryDirectory() as folder:
        autoencoder = Perceptrons("512 and 256", Path(folder)).opened()
        x = np.random.default_rng(0).random((n, 784), dtype=np.float32)
        list(blocks_of_jacobians(autoencoder, x[:BATCH]))  # graphs are made, arenas filled
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        tracemalloc.start()
        for _ in blocks_of_jacobians(autoencoder, x):
            pass
        peak = tracemalloc.get_traced_memory()[1]
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(round(peak / 2**20, 1), round(grown / 2**10, 1))


def memories() -> Iterator[tuple[str, object]]:
    for n in (200, 2000):
        command = [sys.executable, __file__, "--memory", str(n)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        allocated, grown = map(float, done.stdout.split())
        yield f"{n}_inputs", {"allocated_mib": allocated, "resident_growth_mib": grown}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--inputs", type=int, default=1000)
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--compile", action="store_true", help="needs a compiler for C++")
    parser.add_argument("--networks", nargs="+", default=list(NETWORKS), choices=list(NETWORKS))
    parser.add_argument("--memory", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--json", type=Path, help="write the rows to this file")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    if arguments.memory:
        memory(arguments.memory)
        return
    with tempfile.TemporaryDirectory() as folder:
        found: list[dict[str, object]] = [
            compare(
                name, arguments.inputs, arguments.repeats, Path(folder), compiles=arguments.compile
            )
            for name in arguments.networks
        ]
    found[0]["memory"] = dict(memories())
    print(found[0]["memory"])
    write(arguments.json, found)


if __name__ == "__main__":
    main()

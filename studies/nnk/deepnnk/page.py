"""The page of results: sentences first, then tables."""

from __future__ import annotations

from typing import Any

from studies.nnk.deepnnk.figures import TITLES
from studies.nnk.writing import share, table

__all__ = ["page"]

Document = dict[str, Any]

_VALUES = {
    "model_all": "model, all images",
    "nnk": "NNK",
    "kernel_knn": "k-NN",
    "nnk_soft": "NNK, share of weights of other classes",
    "kernel_knn_soft": "k-NN, share of weights of other classes",
    "residual": "residual of NNK",
}


_PARTS = {
    "test": "test, JPEG",
    "train": "training, JPEG",
    "lossless": "training, 4,000 original",
}
_SETS = {"train": "JPEG copies", "lossless": "Original images"}


def page(document: Document) -> str:
    """Return the page of a document, as Markdown."""
    parts = [
        ["# The experiments of DeepNNK, repeated", "", *_lead(document)],
        _errors(document),
        _directions(document),
        _regimes(document),
        _neighbours(document),
        _variants(document),
        _agreement(document),
    ]
    return "\n".join(line for part in parts for line in (*part, "")).rstrip() + "\n"


def _lead(document: Document) -> list[str]:
    lead = (
        f"{document['checkpoints']} checkpoints of Shekkizhar and Ortega "
        "([DeepNNK](https://github.com/STAC-USC/DeepNNK_polytope_interpolation), commit a1de34b), "
        "converted to ONNX. *Stored* marks the results that the authors published with them. We "
        "search neighbours among 10,000 training images (theirs: 50,000) and use "
        f"{document['queries']:,} images of each set, {document['queries_last']:,} at the last "
        "checkpoints (theirs: all). Images are JPEG copies unless a table says that they are "
        "original. Copies cost the networks some accuracy, as the model's own error shows. k-NN "
        "weights its candidates by 1/2 + 1/2 cos, as the authors do. The residual is the mean "
        "squared distance, in the space of the kernel, from an image to the weighted sum of its "
        "neighbours."
    )
    return [lead, "", "![Test errors over epochs, ours above theirs](errors.svg)"]


def _errors(document: Document) -> list[str]:
    heads = ["network", "k", "model", "stored", "NNK", "stored", "k-NN", "stored"]
    rows = []
    for one in document["last"]:
        if "ours" not in one:
            continue
        cells = [TITLES[one["regime"]], str(one["k"])]
        for name in ("model", "nnk", "kernel_knn"):
            cells += [share(one["ours"][name]), share(one["stored"][name])]
        rows.append(cells)
    return ["## Test error of the last checkpoints", "", *table(heads, rows)]


def _directions(document: Document) -> list[str]:
    heads = ["", "NNK falls", "NNK rises", "mean change", "k-NN falls", "k-NN rises", "mean change"]
    rows = []
    for one in document["directions"]:
        cells = [one["whose"]]
        for rule in ("nnk", "kernel_knn"):
            found = one[rule]
            cells += [f"{found[way]} of {found['checkpoints']}" for way in ("falls", "rises")]
            cells.append(f"{found['mean']:+.4f}")
        rows.append(cells)
    return [
        "## From k = 25 to k = 75",
        "",
        "At how many checkpoints the test error falls or rises with k.",
        "",
        *table(heads, rows),
    ]


def _regimes(document: Document) -> list[str]:
    heads = ["network", "images", "model", "NNK, left out", "gap", "stored test - training"]
    rows = []
    for one in document["regimes"]:
        for part, images in (("train", "10,000 JPEG"), ("lossless", "4,000 original")):
            if part in one:
                found = one[part]
                gap = f"{found['gap']:+.3f} ± {1.96 * found['gap_se']:.3f}"
                true = f"{one['stored_test'] - one['stored_train']:+.3f}"
                errors = [share(found["model"]), share(found["nnk"])]
                rows.append([TITLES[one["regime"]], images, *errors, gap, true])
    follows = [
        f"- {_SETS[one['part']]}: over {one['checkpoints']} checkpoints, Spearman's rho of the gap "
        f"with the stored test error minus training error is {one['gap_rho']:.2f}; that of NNK's "
        f"error with the stored test error is {one['error_rho']:.2f}."
        for one in document["gaps"]
    ]
    lead = (
        "The gap is NNK's error on training images, each left out of its own neighbours, minus "
        "the model's error on the same images; k = 50, with a 95 % interval over images."
    )
    return [
        "## What training images alone show",
        "",
        lead,
        "",
        *table(heads, rows),
        "",
        *follows,
        "",
        "![The gap, the stored difference, and the number of neighbours](regimes.svg)",
        "",
        "Gap: solid lines for 4,000 original images, dotted lines for 10,000 JPEG copies.",
    ]


def _neighbours(document: Document) -> list[str]:
    heads = ["network", "k", "neighbours", "stored", "residual", "stored", "mixed polytopes"]
    rows = [
        [
            TITLES[one["regime"]],
            str(one["k"]),
            share(one["ours"]["neighbours"], 1),
            share(one["stored"]["neighbours"], 1),
            share(one["ours"]["residual"], 4),
            share(one["stored"]["residual"], 4),
            share(one["ours"]["mixed"], 2),
        ]
        for one in document["last"]
        if "ours" in one
    ]
    return ["## Neighbours of test images, last checkpoints", "", *table(heads, rows)]


def _variants(document: Document) -> list[str]:
    heads = ["network", "k", "changed", "NNK", "k-NN", "neighbours", "residual"]
    rows = []
    for one in sorted(document["variants"], key=lambda one: (one["regime"], one["k"])):
        cells = [TITLES[one["regime"]], str(one["k"]), one["variant"]]
        errors = [share(one["nnk"]), share(one["kernel_knn"])]
        rows.append([*cells, *errors, share(one["neighbours"], 1), share(one["residual"], 4)])
    lead = (
        "Test images, last checkpoints. The authors' solver drops candidates and never takes any "
        "back; their candidates are the training images at the smallest Euclidean distance."
    )
    return ["## One thing changed", "", lead, "", *table(heads, rows)]


def _agreement(document: Document) -> list[str]:
    heads = ["value", "images", "pairs", "rho", "ours - theirs", "standard deviation"]
    rows = [
        [
            _VALUES[one["value"]],
            _PARTS[one["part"]],
            str(one["pairs"]),
            share(one["rho"], 2),
            f"{one['mean_difference']:+.3f}",
            share(one["sd_difference"]),
        ]
        for one in document["agreement"]
    ]
    return ["## Ours and theirs, over all checkpoints and k", "", *table(heads, rows)]

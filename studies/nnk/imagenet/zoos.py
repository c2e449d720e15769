"""The encoders at hand: those of other studies, trained anew where their files are not given."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
from attrs import field, frozen

from rmqm_spec.contracts.preprocessing import Preprocessing
from studies.architectures import design as mnist
from studies.natural import design as natural
from studies.natural.deepnnk import checkpoints
from studies.natural.real import FILES, LAYERS
from studies.nnk.deepnnk.stored import LAST
from studies.nnk.encoding import Labelled, encodings, read_labelled
from studies.nnk.imagenet.measuring import Features
from studies.training.recipe import Recipe

__all__ = ["ZOOS", "Member", "Zoo", "zoo_named"]

ZOOS: Final = ("cifar10", "kmnist")
_CIFAR_TRAINING: Final = "cifar10_jpeg_train10000.npz"
_OF_MNIST: Final = 4
"""Every fourth recipe is taken: all architectures, methods and sizes are among them."""


@frozen
class Member:
    """
    An encoder of a zoo.

    Parameters
    ----------
    name, family : str
        Of its row; the family is the kind of its training.
    file : Path
        The ONNX file.
    options : dict
        Of `studies.nnk.encoding.encodings`.
    write : callable, optional
        Writes the file where it is not there.
    """

    name: str
    family: str
    file: Path
    options: dict[str, Any] = field(factory=dict)
    write: Any = None


@frozen(eq=False)
class Zoo:
    """
    Encoders that are judged by one task.

    Parameters
    ----------
    name : str
        One of `ZOOS`.
    members : list of Member
        The encoders.
    gallery, queries : Labelled
        The task.
    recipes : sequence of Recipe
        Of the members that are trained, with the `training` images and the `folder` of files.
    """

    name: str
    members: list[Member]
    gallery: Labelled
    queries: Labelled
    recipes: Sequence[Recipe]
    training: Path
    folder: Path

    def features(self, member: Member) -> Features:
        """Return the encodings of a member."""
        if member.write is not None and not member.file.exists():
            member.write(member.file)
        rows = [
            encodings(member.file, each.images, **member.options)
            for each in (self.gallery, self.queries)
        ]
        return Features(rows[0], self.gallery.labels, rows[1], self.queries.labels)


def zoo_named(name: str, *, data: Path, models: Path, folder: Path, quick: bool) -> Zoo:
    """
    Return a zoo.

    ``cifar10`` has the encoders of the study of natural images, which were trained briefly on the
    images of the gallery, the last networks of DeepNNK and real encoders. ``kmnist`` has every
    fourth of the study of architectures; these were trained on MNIST: its task is new to them.

    Parameters
    ----------
    name : str
        One of `ZOOS`.
    data, models, folder : Path
        Folders of the data sets, of the real models, and of the encoders of the other study.
    quick : bool
        Whether to take a few encoders and images.
    """
    n_gallery, n_queries = (400, 100) if quick else (10_000, 1_000)
    if name == "cifar10":
        recipes = natural.quick_design()[:2] if quick else natural.design()
        members = _trained(recipes, folder)
        if not quick:
            members += [*_deepnnk(data, folder), *_real(models)]
        gallery = read_labelled(data / _CIFAR_TRAINING)
        queries = read_labelled(data / "cifar10_jpeg_test10000.npz")
        training = data / _CIFAR_TRAINING
    else:
        recipes = mnist.quick_design()[:2] if quick else mnist.design()[::_OF_MNIST]
        members = _trained(recipes, folder)
        gallery, queries = _kmnist(data / "kmnist.npz")
        training = data / "mnist.npz"
    return Zoo(
        name,
        members,
        gallery.drawn(n_gallery),
        queries.drawn(n_queries),
        recipes,
        training,
        folder,
    )


def _kmnist(path: Path) -> tuple[Labelled, Labelled]:
    with np.load(path, allow_pickle=False) as arrays:
        gallery, queries = (
            Labelled(arrays[f"{part}_images"][..., None], arrays[f"{part}_labels"].astype(np.intp))
            for part in ("train", "test")
        )
    return gallery, queries


def _trained(recipes: Sequence[Recipe], folder: Path) -> list[Member]:
    return [Member(one.name, one.method, folder / f"{one.name}.onnx") for one in recipes]


def _deepnnk(data: Path, folder: Path) -> list[Member]:
    return [
        Member(
            one.name,
            "DeepNNK",
            folder / f"{one.name}.onnx",
            write=partial(one.write, data / "deepnnk"),
        )
        for one in checkpoints(data / "deepnnk")
        if one.step == LAST
    ]


def _real(models: Path) -> list[Member]:
    found = []
    for name, file, _, options in FILES:
        path = models / f"{file}.onnx"
        if path.exists():
            mean, std = (_values(options[key]) for key in ("mean", "std"))
            prepared = Preprocessing(mean=mean, std=std)
            wanted = {"output": LAYERS[name], "preprocessing": prepared}
            found.append(Member(name, "real", path, wanted))
    return found


def _values(text: str) -> tuple[float, ...]:
    return tuple(float(value) for value in text.split(","))

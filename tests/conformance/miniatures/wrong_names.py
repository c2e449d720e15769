"""Mistakes in what is taken for something known: spellings, images, rows and names in errors."""

from __future__ import annotations

import re

import numpy as np

from .plain import Plain
from .plain_inputs import Refused


def _reading(name, argument, read):
    """Return an operation that reads a text in its own way, and goes on as the base does."""

    def operation(self, **given):
        return getattr(Plain, name)(self, **given | {argument: read(given[argument])})

    return operation


class FoldsVariants(Plain):
    """Reads the variant in any case, and without the space around it."""

    breaks = "RMQM-MET-004"

    characterize = _reading("characterize", "variant", lambda text: text.lower().strip())
    interval = _reading("interval", "variant", lambda text: text.lower().strip())


class ReadsVariantsOfTheWholeWay(Plain):
    """Reads underscores and blanks in the variant of an evaluation as hyphens."""

    breaks = "RMQM-MET-004"

    evaluate = _reading("evaluate", "variant", lambda text: re.sub("[_ ]", "-", text))
    document = _reading("document", "variant", lambda text: text and re.sub("[_ ]", "-", text))
    pgd_path = _reading("pgd_path", "variant", lambda text: re.sub("[_ ]", "-", text))


class TrimsArithmetics(Plain):
    """Reads an arithmetic without the space around it."""

    breaks = "RMQM-RES-001"

    distances = _reading("distances", "arithmetic", str.strip)


class CompletesPoolings(Plain):
    """Takes the beginning of the name of a pooling for the whole."""

    breaks = "RMQM-ENC-006"

    pool = _reading(
        "pool",
        "how",
        lambda text: next((how for how in ("flatten", "cls", "mean") if how[:4] == text), text),
    )


class TrimsCouplings(Plain):
    """Reads a coupling without the space around it."""

    breaks = "RMQM-WN-008"

    white_noise = _reading("white_noise", "coupling", str.strip)


class ReadsKindsInThePlural(Plain):
    """Takes images for image, and arrays for array."""

    breaks = "RMQM-INP-003"

    prepare = _reading("prepare", "kind", lambda text: text.removesuffix("s"))


class ReadsUnderscoresInLosses(Plain):
    """Takes cross_entropy for cross-entropy, as Python would name it."""

    breaks = "RMQM-LOSS-007"

    loss = _reading("loss", "name", lambda text: text.replace("_", "-"))


class TakesUnknownTypesForSingle(Plain):
    """Takes a type that it does not know for float32."""

    breaks = "RMQM-ALT-008"

    map_values = _reading(
        "map_values",
        "dtype",
        lambda text: text if text in {"float64", "float16", "uint8"} else "float32",
    )


class DropsAlpha(Plain):
    """Takes the first three of four channels."""

    breaks = "RMQM-INP-003"

    def without_alpha(self, image):
        return image[..., :3] if image.shape[-1:] == (4,) else image

    def check_image(self, image, low, high):
        super().check_image(self.without_alpha(image), low, high)

    def image_values(self, image, low, high):
        return super().image_values(self.without_alpha(image), low, high)


class MovesChannels(Plain):
    """Finds the channels of an image in front, where the last axis cannot be theirs."""

    breaks = "RMQM-INP-003"

    def prepare(self, *, input, kind, **rest):  # noqa: A002
        if kind == "image" and input.ndim == 3 and input.shape[-1] > 3 >= input.shape[0]:
            input = input.transpose(1, 2, 0)  # noqa: A001
        return super().prepare(input=input, kind=kind, **rest)


class TakesRowsForImages(Plain):
    """Takes an array of any rank for an image."""

    breaks = "RMQM-INP-003"

    def prepare(self, *, input, kind, **rest):  # noqa: A002
        if kind == "image" and input.ndim != 3:
            input = input.reshape(1, -1, 1)  # noqa: A001
        return super().prepare(input=input, kind=kind, **rest)


class DividesEveryInteger(Plain):
    """Divides an image of any integers by 255."""

    breaks = "RMQM-INP-006"

    def prepare(self, *, input, kind, **rest):  # noqa: A002
        if kind == "image" and input.dtype.kind == "i" and input.min() >= 0 and input.max() < 256:
            input = input.astype(np.uint8)  # noqa: A001
        return super().prepare(input=input, kind=kind, **rest)


class SharesAReference(Plain):
    """Takes a single reference for all inputs."""

    breaks = "RMQM-LOSS-002"

    def check_references(self, z, references):
        super().check_references(z, np.broadcast_to(references, z.shape))


class LooksAtLabelsFirst(Plain):
    """Takes every loss of unit vectors that is given labels for the supervised triplet."""

    breaks = "RMQM-LOSS-002"

    def loss(self, *, name, references, labels, **rest):
        if labels is not None and name != "cross-entropy":
            name, references = "triplet", None
        return super().loss(name=name, references=references, labels=labels, **rest)


class LeavesOutRowsWithoutDirection(Plain):
    """Takes the loss of a batch over the rows that have one."""

    breaks = "RMQM-LOSS-004"

    def loss(self, *, name, encodings, references, labels):
        given = [part for part in (encodings, references) if part is not None]
        sound = np.all([np.isfinite(part).all(1) & part.any(1) for part in given], axis=0)
        if name not in {"triplet", "nt-xent"} or not sound.any():
            sound[:] = True
        rest = {
            "references": references if references is None else references[sound],
            "labels": labels if labels is None else np.array(labels)[sound].tolist(),
        }
        found = super().loss(name=name, encodings=encodings[sound], **rest)
        gradient = np.zeros_like(encodings)
        gradient[sound] = found["gradient"]
        return {"values": found["values"], "gradient": gradient}


class TakesZeroForARowWithoutDirection(Plain):
    """Takes the loss of a row without a direction for zero, if others have one."""

    breaks = "RMQM-LOSS-001"

    def loss(self, **given):
        found = super().loss(**given)
        some = np.isfinite(found["values"]).any()
        return {key: np.nan_to_num(part) if some else part for key, part in found.items()}


class CountsLevelsDownwards(Plain):
    """Names the level of a bad representation with the wrong sign."""

    breaks = "RMQM-ENC-005"

    def check_representations(self, z, names, first_level=0):
        try:
            super().check_representations(z, names, first_level)
        except Refused as refusal:
            raise Refused(re.sub(r"level (\d+)", r"level -\1", str(refusal))) from refusal


class NamesTheFirstInput(Plain):
    """Names the first input of the batch, whichever has the bad representation."""

    breaks = "RMQM-ENC-005"

    def check_representations(self, z, names, first_level=0):
        super().check_representations(z, [names[0]] * len(names), first_level)


class NumbersStepsTwice(Plain):
    """Puts a digit of its own before the level of a bad gradient."""

    breaks = "RMQM-PGD-009"

    def check_gradient(self, gradient, ids, level):
        super().check_gradient(gradient, ids, f"1{level}")


class InventsAnInput(Plain):
    """Evaluates an input of its own where none is given."""

    breaks = "RMQM-DIST-007"

    def whole_way(self, inputs, ids, low, *rest):
        if not len(ids) and not len(inputs):
            inputs, ids = np.full((1, *inputs.shape[1:]), low), ["none"]
        return super().whole_way(inputs, ids, low, *rest)


class MendsNetworks(Plain):
    """Reads zero for what is not finite in a network, and one for a deviation of zero."""

    breaks = "RMQM-ENC-005"

    def represent(self, network, x, dtype=np.float64):
        mended = {
            key: np.nan_to_num(value, posinf=0.0, neginf=0.0)
            for key, value in network.items()
            if key != "activation"
        }
        mended["std"] = mended["std"] or 1.0
        return super().represent(network | mended, x, dtype)


class ReplacesVanishedRepresentations(Plain):
    """Takes a vector of ones for a representation of norm zero on the whole way and in paths."""

    breaks = "RMQM-ENC-005"

    def represent(self, network, x, dtype=np.float64):
        z = super().represent(network, x, dtype)
        return np.where((z == 0).all(-1, keepdims=True), 1.0, z)


class MovesToPaperForOneLevel(Plain):
    """Evaluates a single level by the variant paper."""

    breaks = "RMQM-DRC-002"

    def evaluate(self, *, n_levels, variant, **rest):
        variant = "paper" if n_levels == 1 and variant == "authors-2022" else variant
        return super().evaluate(n_levels=n_levels, variant=variant, **rest)

    def document(self, *, n_levels, variant, **rest):
        variant = "paper" if n_levels == 1 and variant == "authors-2022" else variant
        return super().document(n_levels=n_levels, variant=variant, **rest)


class FlattensTrajectories(Plain):
    """Takes representations of any rank, flattened."""

    breaks = "RMQM-DIST-003"

    def representations(self, trajectories):
        if trajectories.ndim > 3:
            trajectories = trajectories.reshape(*trajectories.shape[:2], -1)
        return super().representations(trajectories)


class RepeatsStatistics(Plain):
    """Repeats or cuts means and deviations until they are as many as the channels."""

    breaks = "RMQM-ALT-008"

    def map_values(self, *, inputs, means, stds, **rest):
        means, stds = (np.resize(values, inputs.shape[1]) for values in (means, stds))
        return super().map_values(inputs=inputs, means=means, stds=stds, **rest)


class FillsItsOwnInputs(Plain):
    """Repeats or cuts inputs and cotangents until they fit its encoder."""

    breaks = "RMQM-ENC-001"

    def encode(self, *, inputs):
        fitting = np.resize(inputs, (len(inputs), *self.own["shape"]))
        return super().encode(inputs=fitting) | {"inputs": inputs}

    def vjp(self, *, inputs, cotangent):
        length = len(self.own_network["bias"])
        return super().vjp(inputs=inputs, cotangent=np.resize(cotangent, (len(inputs), length)))

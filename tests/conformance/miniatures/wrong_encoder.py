"""Mistakes in encoders and on the whole way: chapters 2 and 6 of the specification."""

from __future__ import annotations

import numpy as np

from .plain import Plain


class MapsValuesBeforeNoise(Plain):
    """Normalises the inputs and adds the noise afterwards."""

    breaks = "RMQM-ALT-002"

    def encode_levels(self, network, altered):
        mapped = self.value_map(network, altered[:, :1].astype(float))
        plain = dict(network) | {"scale": 1.0, "mean": 0.0, "std": 1.0}
        return super().encode_levels(plain, mapped + (altered - altered[:, :1]))


class IgnoresValueMap(Plain):
    """Hands inputs to the network as they are."""

    breaks = "RMQM-ALT-002"

    def value_map(self, network, x):
        return x


class SubtractsMeanBeforeScale(Plain):
    """Scales the difference to the mean."""

    breaks = "RMQM-ALT-002"

    def value_map(self, network, x):
        return network["scale"] * (x - network["mean"]) / network["std"]


class CountsLevelZeroAmongJ(Plain):
    """Encodes J levels, the unaltered one among them."""

    breaks = "RMQM-ALT-001"

    def whole_way(self, inputs, ids, low, high, network, n_levels, seed):
        return super().whole_way(inputs, ids, low, high, network, max(n_levels - 1, 1), seed)


class SqueezesBatchOfOne(Plain):
    """Drops the axis of the batch when it holds one input."""

    breaks = "RMQM-ENC-001"

    def encode(self, *, inputs):
        found = super().encode(inputs=inputs)
        return found | {"encodings": np.squeeze(found["encodings"])}


class DropsIncompleteBatches(Plain):
    """Encodes in pairs and leaves out an input without a partner."""

    breaks = "RMQM-ENC-001"

    def encode(self, *, inputs):
        found = super().encode(inputs=inputs)
        whole = len(inputs) - len(inputs) % 2 if len(inputs) > 1 else 1
        return found | {"encodings": found["encodings"][:whole]}


class TransposesEncodings(Plain):
    """Returns one column per input."""

    breaks = "RMQM-ENC-001"

    def encode(self, *, inputs):
        found = super().encode(inputs=inputs)
        return found | {"encodings": found["encodings"].T}


class ReturnsRowsInOtherOrder(Plain):
    """Sorts a batch and does not put the results back."""

    breaks = "RMQM-ENC-001"

    def encode(self, *, inputs):
        found = super().encode(inputs=inputs)
        return found | {"encodings": found["encodings"][::-1]}


class EncodesFirstInputOnly(Plain):
    """Repeats the encoding of the first input, as a graph that was traced with its value does."""

    breaks = "RMQM-ENC-001"

    def encode(self, *, inputs):
        found = super().encode(inputs=inputs)
        return found | {"encodings": np.repeat(found["encodings"][:1], len(inputs), axis=0)}


class DropsOut(Plain):
    """Leaves dropout on, as in training."""

    breaks = "RMQM-ENC-002"

    rng = np.random.default_rng(0)

    def encode(self, *, inputs):
        found = super().encode(inputs=inputs)
        mask = self.rng.random(found["encodings"].shape) < 0.5
        mask[:, 0] = True
        return found | {"encodings": found["encodings"] * mask}


class AugmentsInputs(Plain):
    """Leaves random augmentation on, as in training."""

    breaks = "RMQM-ENC-002"

    rng = np.random.default_rng(0)

    def value_map(self, network, x):
        return super().value_map(network, x) + 0.01 * self.rng.standard_normal(x.shape).astype(
            x.dtype
        )


class NormalisesOverTheBatch(Plain):
    """Leaves the statistics of the batch on, as in training."""

    breaks = "RMQM-ENC-003"

    def encode(self, *, inputs):
        found = super().encode(inputs=inputs)
        mean = found["encodings"].mean(0) if len(inputs) > 1 else np.float32(0)
        return found | {"encodings": found["encodings"] - mean}


class ScalesByTheBatch(Plain):
    """Brings a batch to the range from 0 to 1 before it is encoded."""

    breaks = "RMQM-ENC-003"

    def encode(self, *, inputs):
        low, high = inputs.min(), inputs.max()
        scaled = (inputs - low) / (high - low) if high > low else inputs
        return super().encode(inputs=scaled.astype(inputs.dtype)) | {"inputs": inputs}


class WritesToEncodedInputs(Plain):
    """Normalises its inputs in place."""

    breaks = "RMQM-ENC-004"

    def encode(self, *, inputs):
        found = super().encode(inputs=inputs)
        return found | {"inputs": inputs - inputs.dtype.type(0.5)}


class GivesNaNEncodings(Plain):
    """Divides zero by zero for some of its inputs."""

    breaks = "RMQM-ENC-005"

    def encode(self, *, inputs):
        found = super().encode(inputs=inputs)
        return found | {"encodings": np.where(found["encodings"] < 0, np.nan, found["encodings"])}


class FlattensColumnsFirst(Plain):
    """Flattens in the order of Fortran."""

    breaks = "RMQM-ENC-006"

    def flatten(self, output):
        return np.moveaxis(output, 0, -1).T.reshape(len(output), -1)


class TakesLastToken(Plain):
    """Takes the last token, as of a language model."""

    breaks = "RMQM-ENC-006"

    def first_token(self, output):
        return output[:, -1]


class AveragesOverChannels(Plain):
    """Averages over the last axis of everything."""

    breaks = "RMQM-ENC-006"

    def mean_pool(self, output):
        return output.mean(-1).reshape(len(output), -1)


class AveragesTokensWithoutFirst(Plain):
    """Leaves the first token out of the mean, because it is not of the image."""

    breaks = "RMQM-ENC-006"

    def mean_pool(self, output):
        return super().mean_pool(output[:, 1:] if output.ndim == 3 else output)


class AveragesOverTheBatch(Plain):
    """Averages over the first axis."""

    breaks = "RMQM-ENC-006"

    def mean_pool(self, output):
        return output.mean(0)


class TakesChannelsLastMaps(Plain):
    """Averages feature maps as if the channels came last."""

    breaks = "RMQM-ENC-006"

    def mean_pool(self, output):
        return output.mean(1) if output.ndim == 3 else output.mean((1, 2))


class AveragesRowsOnly(Plain):
    """Averages a feature map over one of its two axes."""

    breaks = "RMQM-ENC-006"

    def mean_pool(self, output):
        return output.mean(1) if output.ndim == 3 else output.mean(2).reshape(len(output), -1)


class PoolsByMaximum(Plain):
    """Takes the largest value for the mean."""

    breaks = "RMQM-ENC-006"

    def mean_pool(self, output):
        return output.max(1 if output.ndim == 3 else (2, 3))


class AugmentsAlteredLevelsOnly(Plain):
    """Applies another preprocessing to altered inputs than to the unaltered one."""

    breaks = "RMQM-ENC-007"

    def encode_levels(self, network, altered):
        return super().encode_levels(
            network, np.where(altered == altered[:, :1], altered, 0.9 * altered)
        )


class MixesRowsOfVjp(Plain):
    """Returns the gradients of the batch in another order."""

    breaks = "RMQM-ENC-008"

    def vjp(self, **arguments):
        return {"gradient": super().vjp(**arguments)["gradient"][::-1]}


class AddsUpRowsOfVjp(Plain):
    """Returns the gradient of the whole batch for every input."""

    breaks = "RMQM-ENC-008"

    def vjp(self, **arguments):
        gradient = super().vjp(**arguments)["gradient"]
        return {"gradient": np.broadcast_to(gradient.sum(0), gradient.shape)}


class AveragesVjpOverTheBatch(Plain):
    """Divides by the size of the batch, as the gradient of a mean would."""

    breaks = "RMQM-ENC-008"

    def vjp(self, *, inputs, cotangent):
        gradient = super().vjp(inputs=inputs, cotangent=cotangent)["gradient"]
        return {"gradient": gradient / len(inputs)}


class NegatesVjp(Plain):
    """Returns the direction of descent."""

    breaks = "RMQM-ENC-008"

    def vjp(self, **arguments):
        return {"gradient": -super().vjp(**arguments)["gradient"]}


class IgnoresCotangent(Plain):
    """Returns the gradient of the sum of the encodings."""

    breaks = "RMQM-ENC-008"

    def vjp(self, *, inputs, cotangent):
        return super().vjp(inputs=inputs, cotangent=np.ones_like(cotangent))


class ForgetsValueMapInVjp(Plain):
    """Returns the gradient with respect to what enters the first layer."""

    breaks = "RMQM-ENC-008"

    def vjp(self, **arguments):
        gradient = super().vjp(**arguments)["gradient"]
        return {"gradient": gradient / self.slope(self.own_network, np.float32)}


class ForgetsActivationInVjp(Plain):
    """Forgets the derivative of the activation."""

    breaks = "RMQM-ENC-008"

    def vjp(self, *, inputs, cotangent):
        linear = self.own_network | {"activation": "identity"}
        return {"gradient": self.pull_back(linear, inputs, cotangent, np.float32)}


class FlattensVjp(Plain):
    """Returns one row of values per input instead of the shape of the input."""

    breaks = "RMQM-ENC-008"

    def vjp(self, **arguments):
        gradient = super().vjp(**arguments)["gradient"]
        return {"gradient": gradient.reshape(len(gradient), -1)}

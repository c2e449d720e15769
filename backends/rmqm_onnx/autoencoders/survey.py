"""A first run of a whole autoencoder: the shapes of its tensors, which decide what is what."""

from __future__ import annotations

from collections.abc import Collection
from math import prod

import numpy as np
from attrs import evolve, frozen
from onnx import ModelProto, helper

from rmqm_onnx.choices.choosing import Choices, choose
from rmqm_onnx.reading.model_file import ModelFile
from rmqm_onnx.reading.signature import declared_outputs
from rmqm_onnx.reading.values import moved_by
from rmqm_onnx.running.arrangement import Arrangement
from rmqm_onnx.running.feeding import spread
from rmqm_onnx.running.refusals import plain_message
from rmqm_onnx.running.session import open_session
from rmqm_spec.contracts.backend import OpenOptions
from rmqm_spec.errors import SubjectError

__all__ = ["Survey", "survey"]


@frozen(kw_only=True, eq=False)
class Survey:
    """
    An autoencoder before anything was chosen but its input.

    Parameters
    ----------
    file : ModelFile
        The model.
    choices : Choices
        Its input, layout, preprocessing and feeds.
    """

    file: ModelFile
    choices: Choices

    @property
    def arrangement(self) -> Arrangement:
        """How inputs reach the network."""
        choices = self.choices
        return Arrangement(choices.layout, choices.preprocessing, choices.input.dtype)

    @property
    def n_values(self) -> int:
        """Number of values of an input, d."""
        return prod(self.choices.layout.spec.shape)

    def moving_outputs(self) -> list[str]:
        """Return the declared outputs whose values depend on the input."""
        graph = self.file.proto.graph
        moved = moved_by(graph, [self.choices.input.name])
        return [info.name for info in declared_outputs(graph) if info.name in moved]

    def shapes(self, names: Collection[str]) -> dict[str, tuple[int, ...]]:
        """
        Return the shapes of tensors for one input of zeros, without the batch axis.

        Tensors that are no arrays with a row for each input are left out.

        Raises
        ------
        SubjectError
            MOD007 if the model does not run.
        """
        whole = ModelProto()
        whole.CopyFrom(self.file.proto)
        del whole.graph.output[:]
        whole.graph.output.extend(helper.make_empty_tensor_value_info(name) for name in names)
        folder = self.file.path.parent if self.file.external else None
        session = open_session(whole.SerializeToString(), folder=folder)
        n_rows = self.choices.layout.batch or 1
        zeros = np.zeros((n_rows, *self.choices.layout.spec.shape), dtype=np.float32)
        fed = {self.choices.input.name: self.arrangement(zeros)}
        fed |= spread(self.choices.feeds, n_rows)
        taken = {value.name for value in session.get_inputs()}
        try:
            values = session.run(list(names), {k: v for k, v in fed.items() if k in taken})
        except Exception as error:
            raise SubjectError(
                "MOD007",
                f"the autoencoder must run on an input of zeros of shape {zeros.shape[1:]}; ONNX "
                f"Runtime says {plain_message(error)}",
                fix="Check --size and --layout, and that every other input is fed.",
            ) from error
        return {
            name: value.shape[1:]
            for name, value in zip(names, values, strict=True)
            if isinstance(value, np.ndarray) and value.ndim and len(value) == n_rows
        }


def survey(file: ModelFile, options: OpenOptions) -> Survey:
    """
    Choose the input of an autoencoder.

    Raises
    ------
    RmqmError
        As `choose`.
    """
    named = options.output or next(iter(file.proto.graph.output)).name
    return Survey(file=file, choices=choose(file, evolve(options, output=named)))

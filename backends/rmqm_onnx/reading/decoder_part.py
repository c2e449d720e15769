"""The part of a model that leads from a tensor inside it to an output: a decoder."""

from __future__ import annotations

from attrs import frozen
from onnx import GraphProto, ModelProto, TensorProto, helper, load_external_data_for_model

from rmqm_onnx.reading.graph import cut_out, producers
from rmqm_onnx.reading.model_file import ModelFile
from rmqm_onnx.reading.values import moved_by, values_behind, values_read

__all__ = ["Latent", "beside_latent"]


@frozen(kw_only=True)
class Latent:
    """
    A tensor with which a decoder begins.

    Parameters
    ----------
    name : str
        Its name in the graph; it may be an input.
    shape : tuple of int
        Shape for one row.
    batch : int, optional
        Number of rows, where it is fixed.
    elem_type : int
        Its type, as ONNX numbers types.
    """

    name: str
    shape: tuple[int, ...]
    batch: int | None
    elem_type: int

    def part_of(self, file: ModelFile, output: str) -> ModelProto:
        """
        Return the model from the latent to `output`, with all its weights.

        Inputs that it reads for their lengths alone stay inputs.
        """
        whole = ModelProto()
        whole.CopyFrom(file.proto)
        graph = whole.graph
        _detach(graph, self.name)
        declared = [value for value in graph.input if value.name != self.name]
        del graph.input[:]
        shape = [self.batch or "rows", *self.shape]
        graph.input.append(helper.make_tensor_value_info(self.name, self.elem_type, shape))
        graph.input.extend(declared)
        part = cut_out(whole, output)
        if any(tensor.data_location == TensorProto.EXTERNAL for tensor in part.graph.initializer):
            load_external_data_for_model(part, str(file.path.parent))
        return part


def beside_latent(model: ModelProto, first: str, latent: str, output: str) -> list[str]:
    """
    Return the tensors that carry values of the input past the latent, where the decoder reads them.

    Parameters
    ----------
    model : ModelProto
        The autoencoder.
    first, latent, output : str
        Its input, its latent, and its reconstruction.

    Returns
    -------
    list of str
        Empty where the reconstruction is a function of the latent alone.
    """
    graph = model.graph
    behind = values_behind(graph, output, known=[latent])
    below = moved_by(graph, [latent])
    past = (moved_by(graph, [first]) & behind) - below
    read_below = {
        name
        for node in graph.node
        if not (below - {latent}).isdisjoint(node.output) and not behind.isdisjoint(node.output)
        for name in values_read(node)
    }
    return sorted(past & (read_below | {output}))


def _detach(graph: GraphProto, name: str) -> None:
    """Let the node that makes a tensor give it under another name, which nothing reads."""
    maker = producers(graph).get(name)
    if maker is not None:
        outputs = [f"{known}_of_encoder" if known == name else known for known in maker.output]
        del maker.output[:]
        maker.output.extend(outputs)

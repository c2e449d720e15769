"""A PyTorch module behind the contract of every encoder (clause family RMQM-ENC)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from rmqm_spec.arrays import AnyArray, FloatArray
from rmqm_spec.contracts.encoder import EncoderTraits, Pullback
from rmqm_spec.errors import EncodingError, UnavailableError, UsageError
from rmqm_spec.resolution import RESOLUTION

try:
    import torch
    from torch.autograd import forward_ad
    from torch.nn.attention import SDPBackend, sdpa_kernel
except ImportError as error:
    raise UnavailableError(
        "ENV007",
        f"PyTorch must be installed for this adapter; got {error}",
        fix="pip install 'rmqm-spec[torch]'",
    ) from error

__all__ = ["TorchEncoder"]


class TorchEncoder:
    """
    A module as an encoder and as a differentiable encoder; its mode is left as it was.

    Each call puts the module into evaluation mode and restores the mode of every submodule
    afterwards. Gradients are taken with respect to the inputs alone: no weight gets a ``.grad``.

    Parameters
    ----------
    module : torch.nn.Module
        From inputs (N, *S) to encodings (N, E).
    device : str or torch.device, optional
        Where it runs; by default where its first parameter is. The module is not moved there: move
        it yourself.
    output : callable, optional
        From what the module returns to encodings (N, E), for modules that return more.
    value_map : callable, optional
        Applied to the altered inputs before the module, for example a normalisation; part of the
        encoder, and differentiated through (RMQM-PGD-003).
    batch_size : int
        Number of inputs per call.

    Raises
    ------
    UsageError
        If `module` is not a module, or is not on `device`.
    UnavailableError
        ENV007 if PyTorch is not installed.

    Examples
    --------
    >>> import pytest; torch = pytest.importorskip("torch")
    >>> encoder = TorchEncoder(torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(4, 2)))
    >>> encodings, pullback = encoder.vjp(np.ones((3, 2, 2), dtype=np.float32))
    >>> encodings.shape, pullback(np.ones((3, 2), dtype=np.float32)).shape
    ((3, 2), (3, 2, 2))
    """

    gradient_route = "torch"

    def __init__(
        self,
        module: torch.nn.Module,
        *,
        device: str | torch.device | None = None,
        output: Callable[[Any], torch.Tensor] | None = None,
        value_map: Callable[[torch.Tensor], torch.Tensor] | None = None,
        batch_size: int = 64,
    ) -> None:
        if not isinstance(module, torch.nn.Module):
            raise UsageError(
                "ARG001",
                f"module must be a torch.nn.Module; got {type(module).__name__}",
                fix="Wrap a function in a module, or pass the function to evaluate() itself.",
            )
        first = next(iter((*module.parameters(), *module.buffers())), torch.empty(0))
        self._module = module
        self._device = first.device if device is None else torch.device(device)
        if first.numel() and self._device.type != first.device.type:
            raise UsageError(
                "ARG001",
                f"the module must be on the device {self._device}; got {first.device}",
                fix=f"Move it first: module.to({str(self._device)!r}).",
            )
        self._dtype = first.dtype if first.dtype.is_floating_point else torch.float32
        self._output = output
        self._value_map = value_map
        name = str(self._dtype).removeprefix("torch.")
        self.traits = EncoderTraits(batch_size=batch_size, resolution=RESOLUTION[name])

    def encode(self, inputs: FloatArray, /) -> AnyArray:
        """Encode inputs (N, *S) as (N, E), without recording anything for gradients."""
        with _evaluating(self._module), torch.no_grad():
            encodings: AnyArray = _as_array(self._forward(self._tensor(inputs)))
        return encodings

    def vjp(self, inputs: FloatArray, /) -> tuple[AnyArray, Pullback]:
        """
        Return encodings (N, E) and the function from cotangents to gradients of the inputs.

        Raises
        ------
        EncodingError
            GRA020 if the encodings do not depend differentiably on the inputs.
        """
        leaf = self._tensor(inputs).requires_grad_()
        with _evaluating(self._module), torch.enable_grad():
            encodings = self._forward(leaf)
        if not encodings.requires_grad:
            raise _without_derivative()

        def pullback(cotangent: FloatArray) -> FloatArray:
            ct = torch.as_tensor(np.array(cotangent), device=encodings.device)
            (gradient,) = torch.autograd.grad(
                encodings, leaf, ct.to(encodings.dtype), retain_graph=True
            )
            pulled: FloatArray = _as_array(gradient).astype(inputs.dtype, copy=False)
            return pulled

        return _as_array(encodings), pullback

    def jvp(self, inputs: FloatArray, tangents: FloatArray, /) -> tuple[AnyArray, AnyArray]:
        """
        Return encodings (N, E) and their derivatives in the direction of each tangent (N, *S).

        By forward differentiation, as `torch.func.jvp`. Attention runs as plain products of
        matrices, because the faster kernels have no such derivative.

        Raises
        ------
        EncodingError
            GRA020 if the encodings do not depend differentiably on the inputs.
        """
        tangent = self._tensor(tangents.astype(inputs.dtype, copy=False))
        with (
            _evaluating(self._module),
            torch.no_grad(),
            sdpa_kernel(SDPBackend.MATH),
            forward_ad.dual_level(),
        ):
            moving = forward_ad.make_dual(self._tensor(inputs), tangent)
            encodings, derivatives = forward_ad.unpack_dual(self._forward(moving))
        if derivatives is None:
            raise _without_derivative()
        return _as_array(encodings), _as_array(derivatives)

    def _tensor(self, inputs: FloatArray) -> torch.Tensor:
        """Return a copy on the device: the module may write into it."""
        return torch.tensor(np.ascontiguousarray(inputs), device=self._device)

    def _forward(self, inputs: torch.Tensor) -> torch.Tensor:
        given = inputs if self._value_map is None else self._value_map(inputs)
        encodings = self._module(given.to(self._dtype))
        if self._output is not None:
            encodings = self._output(encodings)
        if not isinstance(encodings, torch.Tensor) or not encodings.is_floating_point():
            raise EncodingError(
                "ENC004",
                f"the module must return a tensor of floats; got {type(encodings).__name__}",
                fix="Pick the encodings: TorchEncoder(module, output=lambda outputs: outputs[0]).",
            )
        return encodings


@contextmanager
def _evaluating(module: torch.nn.Module) -> Iterator[None]:
    """Put a module into evaluation mode, and every submodule back into its own afterwards."""
    modes = [(submodule, submodule.training) for submodule in module.modules()]
    module.eval()
    try:
        yield
    finally:
        for submodule, training in modes:
            submodule.training = training


def _without_derivative() -> EncodingError:
    return EncodingError(
        "GRA020",
        "the encodings must depend differentiably on the inputs; the module gives encodings "
        "without a gradient",
        fix="Look for detach(), no_grad() or rounding in the module.",
    )


def _as_array(tensor: torch.Tensor) -> Any:
    """Return the values as a NumPy array; bfloat16, which NumPy lacks, becomes float32."""
    tensor = tensor.detach()
    if tensor.dtype == torch.bfloat16:
        tensor = tensor.float()
    return tensor.cpu().numpy()

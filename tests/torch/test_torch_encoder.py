"""PyTorch modules as encoders: right gradients, and the module left as it was."""

import numpy as np
import pytest

from rmqm_spec import evaluate
from rmqm_spec.contracts.encoder import DifferentiableEncoder
from rmqm_spec.encoders.checks import check_encoder
from rmqm_spec.errors import EncodingError, UsageError

torch = pytest.importorskip("torch")

from rmqm_torch import TorchEncoder  # noqa: E402

pytestmark = pytest.mark.torch

INPUTS = np.random.default_rng(0).random((5, 1, 8, 8), dtype=np.float32)


def network(dtype=torch.float32, dropout=0.5):
    torch.manual_seed(0)
    return torch.nn.Sequential(
        torch.nn.Conv2d(1, 4, 3),
        torch.nn.BatchNorm2d(4),
        torch.nn.Tanh(),
        torch.nn.Dropout(dropout),
        torch.nn.Flatten(),
        torch.nn.Linear(4 * 36, 7),
    ).to(dtype)


def test_it_keeps_the_encoder_contract():
    encoder = TorchEncoder(network())
    assert isinstance(encoder, DifferentiableEncoder)
    levels = {one.code: one.level for one in check_encoder(encoder, INPUTS)}
    assert {code for code, level in levels.items() if level != "ok"} == set()
    assert evaluate(encoder, INPUTS).status == "ok"


def test_the_module_is_left_as_it_was():
    module = network().train()
    module[1].eval()
    module[5].weight.requires_grad_(False)
    before = {name: value.clone() for name, value in module.state_dict().items()}
    modes = [one.training for one in module.modules()]
    encoder = TorchEncoder(module)
    _, pullback = encoder.vjp(INPUTS)
    pullback(np.ones((5, 7), dtype=np.float32))
    encoder.encode(INPUTS)
    assert [one.training for one in module.modules()] == modes
    assert all(torch.equal(before[name], value) for name, value in module.state_dict().items())
    assert all(one.grad is None for one in module.parameters())
    assert not module[5].weight.requires_grad
    assert torch.is_grad_enabled()


def test_modes_come_back_even_after_an_error():
    module = network().train()
    with pytest.raises(RuntimeError):
        TorchEncoder(module).encode(INPUTS[:, :, :2, :2])
    assert all(one.training for one in module.modules())


def test_vjp_is_the_transpose_of_the_derivative():
    encoder = TorchEncoder(network(torch.float64))
    x = INPUTS.astype(np.float64)
    rng = np.random.default_rng(1)
    cotangent, tangent = rng.normal(size=(5, 7)), rng.normal(size=x.shape)
    encodings, pullback = encoder.vjp(x)
    assert np.allclose(encodings, encoder.encode(x), rtol=0, atol=1e-12)
    step = 1e-5
    moved = (encoder.encode(x + step * tangent) - encoder.encode(x - step * tangent)) / (2 * step)
    assert np.vdot(pullback(cotangent), tangent) == pytest.approx(
        np.vdot(cotangent, moved), rel=1e-7
    )


def test_a_pullback_can_be_asked_again_and_row_by_row():
    encoder = TorchEncoder(network())
    _, pullback = encoder.vjp(INPUTS)
    cotangent = np.random.default_rng(2).normal(size=(5, 7)).astype(np.float32)
    whole = pullback(cotangent)
    assert whole.dtype == np.float32
    assert whole.shape == INPUTS.shape
    assert np.array_equal(pullback(cotangent), whole)
    alone = np.zeros_like(cotangent)
    alone[3] = cotangent[3]
    assert not pullback(alone)[:3].any()
    assert np.allclose(pullback(alone)[3], whole[3], atol=1e-6)


def test_the_value_map_is_part_of_the_gradient():
    plain, mapped = (
        TorchEncoder(network(torch.float64), value_map=value_map)
        for value_map in (None, lambda x: (x - 0.25) / -0.5)
    )
    cotangent = np.ones((5, 7))
    x = INPUTS.astype(np.float64)
    _, through = mapped.vjp(x)
    _, direct = plain.vjp((x - 0.25) / -0.5)
    assert np.allclose(through(cotangent), direct(cotangent) / -0.5, atol=1e-12)


@pytest.mark.parametrize(
    ("dtype", "resolution"), [("float64", 1e-12), ("float32", 1e-6), ("bfloat16", 1e-3)]
)
def test_the_resolution_is_that_of_the_weights(dtype, resolution):
    encoder = TorchEncoder(network(getattr(torch, dtype)))
    assert encoder.traits.resolution == resolution
    encodings = encoder.encode(INPUTS)
    assert encodings.dtype == (np.float64 if dtype == "float64" else np.float32)
    _, pullback = encoder.vjp(INPUTS)
    assert pullback(np.ones((5, 7))).dtype == np.float32


def test_inputs_are_not_written_to():
    class Writes(torch.nn.Module):
        def forward(self, x):
            return x.mul_(2).flatten(1)

    given = INPUTS.copy()
    TorchEncoder(Writes()).encode(given)
    assert np.array_equal(given, INPUTS)


def test_one_of_several_results_is_picked():
    class Two(torch.nn.Module):
        def forward(self, x):
            return {"tokens": x, "pooled": x.flatten(1)}

    assert TorchEncoder(Two(), output=lambda r: r["pooled"]).encode(INPUTS).shape == (5, 64)
    with pytest.raises(EncodingError, match="tensor of floats; got dict"):
        TorchEncoder(Two()).encode(INPUTS)


def test_a_cut_gradient_is_refused():
    class Cuts(torch.nn.Module):
        def forward(self, x):
            return x.flatten(1).detach()

    with pytest.raises(EncodingError, match="depend differentiably"):
        TorchEncoder(Cuts()).vjp(INPUTS)


def test_what_is_no_module_or_elsewhere_is_refused():
    with pytest.raises(UsageError, match="must be a torch"):
        TorchEncoder(network)
    with pytest.raises(UsageError, match="must be on the device meta; got cpu"):
        TorchEncoder(network(), device="meta")

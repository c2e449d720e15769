"""Spectra of exported autoencoders against PyTorch in float64 on the same modules."""

import warnings

import numpy as np
import pytest

from rmqm_onnx import open_autoencoder
from rmqm_spec.spectra import autoencoder_spectra, differences, spectrum

torch = pytest.importorskip("torch")
pytest.importorskip("onnxscript")

from rmqm_spec.jacobians import autoencoder_jacobians  # noqa: E402

pytestmark = pytest.mark.torch

nn = torch.nn
INPUTS = np.random.default_rng(0).random((6, 1, 28, 28), dtype=np.float32)


class Pair(nn.Module):
    """Encoder and decoder; the reconstruction has the shape of the input."""

    def __init__(self, encoder, decoder):
        super().__init__()
        self.encoder, self.decoder = encoder, decoder

    def forward(self, images):
        latent = self.encoder(images)
        return self.decoder(latent).view(images.size(0), 1, 28, 28), latent


def dense(activation, n=20, width=64):
    return Pair(
        nn.Sequential(
            nn.Flatten(), nn.Linear(784, width), activation(), nn.Linear(width, width),
            activation(), nn.Linear(width, n),
        ),
        nn.Sequential(
            nn.Linear(n, width), activation(), nn.Linear(width, width), activation(),
            nn.Linear(width, 784), nn.Sigmoid(),
        ),
    )  # fmt: skip


def convolutional(activation):
    """Strides, batch normalisation, transposed convolutions, upsampling; a latent (6, 2, 2)."""
    return Pair(
        nn.Sequential(
            nn.Conv2d(1, 8, 3, 2, 1), nn.BatchNorm2d(8), activation(),
            nn.Conv2d(8, 8, 3, 2, 1), activation(), nn.Conv2d(8, 6, 6),
        ),
        nn.Sequential(
            nn.ConvTranspose2d(6, 8, 6), activation(), nn.ConvTranspose2d(8, 8, 4, 2, 1),
            nn.BatchNorm2d(8), activation(), nn.Upsample(scale_factor=2), nn.Conv2d(8, 1, 3, 1, 1),
            nn.Sigmoid(),
        ),
    )  # fmt: skip


PAIRS = {
    "tanh": lambda: dense(nn.Tanh),
    "gelu": lambda: dense(nn.GELU),
    "relu": lambda: dense(nn.ReLU),
    "convolutions": lambda: convolutional(nn.ELU),
}
EXPORTS = [
    ("tanh", True), ("gelu", False), ("relu", True), ("convolutions", True), ("convolutions", False)
]  # fmt: skip
TOLERANCE = 1e-5


@pytest.fixture(scope="module", params=EXPORTS)
def exported(request, tmp_path_factory):
    name, dynamo = request.param
    torch.manual_seed(3)
    pair = PAIRS[name]()
    for layer in pair.modules():  # statistics of a training, not those of an untrained layer
        if isinstance(layer, nn.BatchNorm2d):
            layer.running_mean.normal_(0, 0.3)
            layer.running_var.uniform_(0.5, 2)
    pair.eval()
    path = tmp_path_factory.mktemp("autoencoders") / f"{name}.onnx"
    names = {"input_names": ["images"], "output_names": ["reconstruction", "latent"]}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if dynamo:
            free = ({0: torch.export.Dim("batch")},)
            torch.onnx.export(
                pair, (torch.zeros(2, 1, 28, 28),), path, dynamo=True, dynamic_shapes=free,
                external_data=False, verbose=False, **names,
            )  # fmt: skip
        else:
            torch.onnx.export(
                pair, (torch.zeros(2, 1, 28, 28),), path, dynamo=False, opset_version=17,
                dynamic_axes={"images": {0: "batch"}}, **names,
            )  # fmt: skip
    return pair.double(), open_autoencoder(path, latent="latent")


def reference(pair, inputs):
    """J_L and J_I by PyTorch in float64, in forward mode for the decoder."""
    images = torch.tensor(inputs).double()
    with torch.no_grad():
        latents = pair.encoder(images)
        shape = latents.shape[1:]
        decoded = pair.decoder(latents).view_as(images)

    def encode(image):
        return pair.encoder(image[None]).flatten()

    def decode(latent):
        return pair.decoder(latent.view(1, *shape)).flatten()

    def jacobians(function, points):
        rows = [torch.autograd.functional.jacobian(function, point) for point in points]
        return torch.stack(rows).flatten(2)

    of_decoder = jacobians(decode, latents.flatten(1))
    return [(jacobians(encode, points) @ of_decoder).numpy() for points in (decoded, images)]


def test_jacobians_are_those_of_float64(exported):
    pair, opened = exported
    found = autoencoder_jacobians(opened, INPUTS)
    for matrices, wanted in zip((found.latent, found.input), reference(pair, INPUTS), strict=True):
        for one, other in zip(matrices, wanted, strict=True):
            assert np.linalg.norm(one - other) < TOLERANCE * np.linalg.norm(other)


def test_spectra_are_those_of_float64(exported):
    pair, opened = exported
    found = autoencoder_spectra(opened, INPUTS)
    wanted = [spectrum(matrices) for matrices in reference(pair, INPUTS)]
    for one, other in zip((found.latent, found.input), wanted, strict=True):
        scale = np.abs(other.eigenvalues).max()
        assert np.abs(one.trace - other.trace).max() < 10 * TOLERANCE * scale
        assert differences(one, other).l1.max() < TOLERANCE * scale
        known = other.reciprocal_condition > 1e-4
        assert np.allclose(one.log_volume[known], other.log_volume[known], atol=1e-3)
    with torch.no_grad():
        images = torch.tensor(INPUTS).double()
        errors = ((pair(images)[0] - images) ** 2).mean(dim=(1, 2, 3)).numpy()
    assert np.allclose(found.mse, errors, rtol=1e-5)

"""Alterations of images beside torchvision, which defines some of them on floats as well."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from rmqm_spec.alterations import Blur, Brightness, Contrast, Flip, Rotation, Saturation

torch = pytest.importorskip("torch")

pytestmark = pytest.mark.transformers

SMALL = np.random.default_rng(5).integers(0, 256, (12, 10, 3), dtype=np.uint8)
PHOTO = np.asarray(Image.fromarray(SMALL).resize((44, 37), Image.Resampling.BICUBIC)).transpose(
    2, 0, 1
)[None] / np.float32(255)


@pytest.fixture(scope="module")
def functional(torchvision):
    from torchvision.transforms import functional

    return functional


def altered(alteration, level):
    return alteration.alter(PHOTO, ["photo"], level, 1)[:, 0]


@pytest.mark.parametrize("kind", [Brightness, Contrast, Saturation], ids=lambda kind: kind.name)
@pytest.mark.parametrize(("sign", "factor"), [("plus", 1.4), ("minus", 0.6), ("minus", 0.2)])
def test_factors(functional, kind, sign, factor):
    adjust = getattr(functional, f"adjust_{kind.name}")
    expected = adjust(torch.from_numpy(PHOTO), factor).numpy()
    made = altered(kind(n_levels=1, strength=abs(1 - factor), sign=sign), 1)
    # The grey of torchvision has 0.2989 of red, and adds up to 0.9999.
    tolerance = 1e-6 if kind is Brightness else 1e-4
    np.testing.assert_allclose(made, expected, rtol=0, atol=tolerance)


@pytest.mark.parametrize("level", [1, 6, 20])
def test_blur(functional, level):
    sigma = 4.0 * level / 20
    size = 2 * int(4 * sigma + 0.5) + 1
    expected = functional.gaussian_blur(torch.from_numpy(PHOTO), [size, size], [sigma, sigma])
    np.testing.assert_allclose(altered(Blur(), level), expected.numpy(), rtol=0, atol=2e-6)


@pytest.mark.parametrize("sign", ["plus", "minus"])
def test_rotation_inside_the_frame(functional, sign):
    from torchvision.transforms import InterpolationMode

    angle = 35.0 if sign == "plus" else -35.0
    rotated = functional.rotate(
        torch.from_numpy(PHOTO), angle, interpolation=InterpolationMode.BILINEAR
    ).numpy()
    made = altered(Rotation(sign=sign), 7)
    inner = np.s_[:, :, 10:-10, 12:-12]  # at its border torchvision blends with black
    np.testing.assert_allclose(made[inner], rotated[inner], rtol=0, atol=2e-5)


@pytest.mark.parametrize(("axis", "flip"), [("horizontal", "hflip"), ("vertical", "vflip")])
def test_flip(functional, axis, flip):
    expected = getattr(functional, flip)(torch.from_numpy(PHOTO)).numpy()
    np.testing.assert_array_equal(altered(Flip(axis=axis), 1), expected)

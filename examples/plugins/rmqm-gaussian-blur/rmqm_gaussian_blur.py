"""Gaussian blur as an alteration: level j blurs by j/J of the widest standard deviation."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from attrs import frozen

from rmqm_spec.contracts.alteration import AlterationKind, AlterationSettings
from rmqm_spec.contracts.option import Option
from rmqm_spec.errors import UsageError

if TYPE_CHECKING:  # help imports this module: NumPy and SciPy wait for the work
    from rmqm_spec.arrays import FloatArray
    from rmqm_spec.contracts.inputs import Bounds

__all__ = ["GAUSSIAN_BLUR", "GaussianBlur"]

NAME: Literal["gaussian-blur"] = "gaussian-blur"
SCHEDULE: Literal["sigma_j = widest * j / J"] = "sigma_j = widest * j / J"
WIDEST = 4.0


@frozen(kw_only=True)
class BlurParameters:
    """The blur in a protocol."""

    name: Literal["gaussian-blur"]
    J: int
    schedule: Literal["sigma_j = widest * j / J"]
    bounds: tuple[float, float]
    seed: int
    widest: float


@frozen(kw_only=True)
class GaussianBlur:
    """
    The alteration that blurs images ever more; nothing is drawn at random.

    Parameters
    ----------
    n_levels : int
        Number of altered levels J.
    widest : float
        Standard deviation at level J, in pixels.
    bounds : tuple of two floats
        Declared range of the inputs.
    seed : int
        Named in protocols, as for every alteration, and without effect.

    Examples
    --------
    >>> import numpy as np
    >>> image = np.zeros((1, 1, 5, 5), dtype=np.float32)
    >>> image[0, 0, 2, 2] = 1.0
    >>> blurred = GaussianBlur(n_levels=2, widest=1.0).alter(image, ["dot"], 0, 3)
    >>> (100 * blurred[0, :, 0, 2, 2]).round().tolist()
    [100.0, 62.0, 16.0]
    """

    name = NAME
    independent_levels = True

    n_levels: int = 20
    widest: float = WIDEST
    bounds: Bounds = (0.0, 1.0)
    seed: int = 0

    def alter(
        self,
        inputs: FloatArray,
        ids: Sequence[str],  # noqa: ARG002 - nothing is drawn
        first_level: int,
        n_levels: int,
        *,
        out: FloatArray | None = None,
    ) -> FloatArray:
        """Return images (N, C, H, W) at consecutive levels, (N, L, C, H, W)."""
        import numpy as np
        from scipy.ndimage import gaussian_filter

        shape = (len(inputs), n_levels, *inputs.shape[1:])
        altered = np.empty(shape, dtype=inputs.dtype) if out is None else out
        for place, level in enumerate(range(first_level, first_level + n_levels)):
            width = self.widest * level / self.n_levels
            if level == 0:
                altered[:, place] = inputs
            else:
                sigma = (0, 0, width, width)
                altered[:, place] = gaussian_filter(inputs, sigma, mode="nearest", truncate=4.0)
        # Weights add up to one, but for rounding.
        return np.clip(altered, *self.bounds, out=altered)

    def to_dict(self) -> dict[str, object]:
        """Return every parameter that changes a number, as plain data."""
        return {
            "name": NAME,
            "J": self.n_levels,
            "schedule": SCHEDULE,
            "bounds": list(self.bounds),
            "seed": self.seed,
            "widest": self.widest,
        }


def _width(given: Any) -> float:
    width = float(given)
    if not 0 < width < math.inf:
        raise ValueError("it must be a number above 0")
    return width


def _make(settings: AlterationSettings) -> GaussianBlur:
    if settings.spec is not None and settings.spec.kind != "image":
        raise UsageError(
            "ARG001",
            f"--alteration {NAME} must be given images; the model takes arrays of shape "
            f"{settings.spec.shape}",
            fix="Choose another alteration for inputs that are not images.",
        )
    return GaussianBlur(
        n_levels=settings.n_levels,
        bounds=settings.bounds,
        seed=settings.seed,
        widest=settings.options.get("widest", WIDEST),
    )


def _words(parameters: Mapping[str, Any]) -> str:
    return f"Gaussian blur of {parameters['J']} levels up to {parameters['widest']:g} pixels"


GAUSSIAN_BLUR = AlterationKind(
    name=NAME,
    title="Gaussian blur",
    summary="Gaussian blur of growing width, for images.",
    axis="level (blur: level/{J} of {widest:g} pixels)",
    usual_levels=20,
    make=_make,
    words=_words,
    options=(
        Option(
            name="widest",
            help="Standard deviation of the strongest blur, in pixels.",
            read=_width,
            default=WIDEST,
        ),
    ),
    parameters=BlurParameters,
    about_levels="Every level blurs the unaltered image; nothing is drawn at random.",
)

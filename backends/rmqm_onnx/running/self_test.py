"""How far a provider's encodings are from the CPU's, beside the smallest step that counts."""

from __future__ import annotations

import numpy as np
from attrs import frozen

from rmqm_onnx.running.encoder import OnnxEncoder
from rmqm_onnx.running.units import largest_distance, unit_vectors
from rmqm_spec.arrays import FloatArray
from rmqm_spec.findings import Finding
from rmqm_spec.resolution import RESOLUTION

__all__ = ["SelfTest", "compare"]

N_INPUTS = 4
_FIRST_STEP = 1 / 99
"""Noise of the first of the usual 99 levels of white noise, relative to the range."""

_SHARE = 0.1
"""Deviations of two encodings add up to less than 1 % of a step ten times as long, in square."""


@frozen(kw_only=True)
class SelfTest:
    """
    A provider compared with the CPU on four seeded inputs.

    Parameters
    ----------
    deviation : float
        Largest distance between the unit encodings of an input on the provider and on the CPU.
    smallest_step : float
        Smallest distance, on the CPU, that the first level of noise moves one of them.
    resolution : float
        Resolution of the encoder's arithmetic: what is below it counts as zero anyway.
    """

    deviation: float
    smallest_step: float
    resolution: float

    @property
    def tolerance(self) -> float:
        """Deviation up to which the smallest steps keep their length."""
        return max(_SHARE * self.smallest_step, self.resolution)

    def finding(self, provider: str) -> Finding:
        """Say whether small steps drown in the provider's rounding."""
        measured = (
            f"unit encodings on {provider} differ from those on the CPU by up to "
            f"{self.deviation:.1e}; the first step of noise moves them by {self.smallest_step:.1e}"
        )
        if self.deviation <= self.tolerance:
            return Finding(code="PRV002", level="ok", message=measured)
        return Finding(
            code="PRV002",
            level="warn",
            message=f"{measured}: more than a tenth of it is rounding",
            fix="Use --provider cpu, or options that ask for float32; rounding passes for movement "
            "in small steps.",
        )


def compare(on_provider: OnnxEncoder, on_cpu: OnnxEncoder, bounds: tuple[float, float]) -> SelfTest:
    """
    Encode four seeded inputs with both.

    Raises
    ------
    SubjectError
        If the network cannot run on them.
    """
    low, high = bounds
    rng = np.random.default_rng(0)
    shape = (N_INPUTS, *on_cpu.spec.shape)
    inputs: FloatArray = rng.uniform(low, high, shape).astype(np.float32)
    noise = _FIRST_STEP * (high - low) * rng.standard_normal(shape)
    moved = np.clip(inputs + noise, low, high).astype(np.float32)
    reference = on_cpu.encode(inputs)
    steps = unit_vectors(on_cpu.encode(moved)) - unit_vectors(reference)
    return SelfTest(
        deviation=largest_distance(on_provider.encode(inputs), reference),
        smallest_step=float(np.linalg.norm(steps, axis=1).min()),
        resolution=on_provider.traits.resolution or RESOLUTION["float32"],
    )

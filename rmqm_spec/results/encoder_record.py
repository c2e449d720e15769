"""The records of an encoder: its model, its input and output, and what it ran on."""

from __future__ import annotations

from typing import Literal

from rmqm_spec.contracts.record import DIGEST, entry, record

__all__ = [
    "GeometryEntry",
    "InputEntry",
    "ModelEntry",
    "OutputEntry",
    "PreprocessingEntry",
    "RuntimeEntry",
]


@record
class ModelEntry:
    """The model, by name, content and origin; further keys are the backend's own."""

    __open__ = True

    name: str
    sha256: str = entry(optional=True, pattern=DIGEST)
    bytes: int = entry(optional=True, least=0)
    external_data: tuple[str, ...] = entry(optional=True)
    producer: str = entry(optional=True)
    ir_version: int = entry(optional=True, least=0)
    opsets: dict[str, int] = entry(optional=True)
    operators: dict[str, int] = entry("How often the network has each operator.", optional=True)


@record
class InputEntry:
    """The altered input, and how the network takes it; further keys are the backend's own."""

    __open__ = True

    name: str
    layout: str = entry(optional=True)
    feeds: dict[str, str] = entry(
        "What the other inputs of the network are fed with.", optional=True
    )


@record
class PreprocessingEntry:
    """Geometry and value map of the encoder; further keys are the backend's own."""

    __open__ = True

    scale: float = entry(optional=True)
    mean: tuple[float, ...] | None = entry(optional=True)
    std: tuple[float, ...] | None = entry(optional=True)
    channel_order: Literal["rgb", "bgr"] = entry(optional=True)
    source: str = entry(optional=True)


@record
class GeometryEntry:
    """What inputs go through before the alteration; further keys are the backend's own."""

    __open__ = True

    shape: tuple[int, ...] = entry(optional=True, each_least=0)


@record
class OutputEntry:
    """The output that is taken as the encodings; further keys are the backend's own."""

    __open__ = True

    name: str
    shape: tuple[int, ...] = entry(optional=True, each_least=0)
    type: str = entry(optional=True)
    pooling: Literal["flatten", "mean", "cls"] = entry(optional=True)


@record
class RuntimeEntry:
    """What the encoder ran on, and how fast; further keys are the backend's own."""

    __open__ = True

    builds: dict[str, str] = entry(optional=True)
    version: str | None = entry(optional=True)
    provider: str = entry(optional=True)
    providers: tuple[str, ...] = entry(
        "The providers that opened, by the runtime's names.", optional=True
    )
    plugin: str = entry("The wheel that the provider came from, if any.", optional=True)
    provider_options: dict[str, dict[str, str]] = entry(
        "The options of each provider that were set, as the runtime has them.", optional=True
    )
    nodes: dict[str, int] | None = entry(
        "How many nodes each provider runs; null where the runtime does not say.", optional=True
    )
    cpu_deviation: float = entry(
        "How far unit encodings were from the CPU's, at most, on four inputs.",
        optional=True,
        least=0,
    )
    cpu_tolerance: float = entry(
        "Up to which deviation small steps keep their length.", optional=True, least=0
    )
    smallest_step: float = entry(
        "How far, at least, the first level of noise moved one of these inputs.",
        optional=True,
        least=0,
    )
    threads_per_operator: int = entry(optional=True, least=0)
    callers: int = entry(optional=True, least=1)
    batch_size: int = entry(optional=True, least=1)
    rows_per_call: int | None = entry(optional=True)
    one_at_a_time: bool = entry(optional=True)
    gradient: str = entry("How gradients were made, where they were asked for.", optional=True)
    gradient_error: float = entry(
        "How far a gradient was from differences at the first input.", optional=True, least=0
    )
    expected_seconds: float = entry(
        "How long the gradients were expected to take, before they were taken.",
        optional=True,
        least=0,
    )
    encodings_per_second: float = entry(
        "How fast it was; missing where nothing was left to compute.", optional=True, least=0
    )

"""The records of what ``validate`` and ``preprocess show`` print."""

from __future__ import annotations

from typing import Any, Literal

from rmqm_spec.contracts.record import DIGEST, entry, record
from rmqm_spec.results.record import FindingEntry

__all__ = ["PreprocessDocument", "ValidateDocument"]


@record
class ValidatedEntry:
    """A document, and the findings of its validation."""

    path: str
    schema: str | None = entry("The schema that the document names; null where it cannot be read.")
    ok: bool
    findings: tuple[FindingEntry, ...]


@record
class ValidateDocument:
    """What validate reports of each document."""

    schema: Literal["rmqm-validate/1"]
    ok: bool = entry("Whether every document is valid.")
    rmqm: None
    interval: None
    documents: tuple[ValidatedEntry, ...] = entry(shortest=1)


@record
class NetworkInputEntry:
    """What the network takes."""

    name: str
    type: str = entry("NumPy's name of it.")
    shape: tuple[int, ...] = entry("Of one input.")
    layout: Literal["nchw", "nhwc", "nhw", "flat", "array"]
    channel_order: Literal["rgb", "bgr"] | None


@record
class ChannelEntry:
    """Smallest, mean and largest value of a channel."""

    min: float
    mean: float
    max: float


@record
class ValuesEntry:
    """Values before or after the value map."""

    range: tuple[float, float] = entry("Lowest and highest value that any input can have.")
    channels: tuple[ChannelEntry, ...]


@record
class PictureEntry:
    """An input, and the picture that was written of it."""

    id: str = entry(pattern=DIGEST)
    name: str
    picture: str | None = entry("Null where it is not an image.")


@record
class UnreadableInputEntry:
    """An input that cannot be read."""

    code: str
    message: str


@record
class RangesEntry:
    """A range for each value of an input, in the order of the values."""

    source: str = entry("The file, or the data that they were read off.")
    low: tuple[float, ...]
    high: tuple[float, ...]


@record
class PreprocessDocument:
    """What a network receives, and the pictures that show it."""

    schema: Literal["rmqm-preprocess/1"]
    ok: bool = entry("Whether no finding failed.")
    rmqm: None = entry("Nothing is scored.")
    interval: None
    model: str
    data: str
    network_input: NetworkInputEntry
    preprocessing: dict[str, Any] = entry("As in a result.")
    before: ValuesEntry
    after: ValuesEntry
    restored_error: float = entry(
        "Largest difference between an altered input and what undoing the value map gives.",
        least=0,
    )
    levels: tuple[int, ...] = entry(each_least=0)
    findings: tuple[FindingEntry, ...]
    inputs: tuple[PictureEntry, ...]
    skipped: tuple[UnreadableInputEntry, ...] = entry("Inputs that cannot be read.")
    ranges: RangesEntry = entry("Only where each value has a range of its own.", optional=True)

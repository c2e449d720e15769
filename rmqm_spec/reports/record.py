"""The record of ``rmqm-report/1``: what the command prints about the page that it wrote."""

from __future__ import annotations

from typing import Literal

from rmqm_spec.contracts.record import entry, record

__all__ = ["ReportDocument"]


@record
class PageEncoderEntry:
    """An encoder of the page."""

    key: str = entry("The letter that stands for the encoder in pictures.")
    name: str


@record
class ReportDocument:
    """What rmqm-spec report says of the page that it wrote."""

    schema: Literal["rmqm-report/1"]
    ok: Literal[True] = entry("The page was written.")
    rmqm: float | None = entry("Score of the first encoder of the page.")
    interval: tuple[float, float] | None
    report: str = entry("Where the page is.")
    headline: str = entry("The first sentence of the page.")
    encoders: tuple[PageEncoderEntry, ...] = entry(
        "By falling score, those without a score last.", shortest=1
    )

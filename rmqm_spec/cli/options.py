"""Options that several commands share, and what they mean for the rest of the program."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer
from attrs import frozen

from rmqm_spec.cli.values import (
    as_feed,
    as_numbers,
    as_processors,
    as_range,
    as_size,
    one_of,
    other_than_zero,
)
from rmqm_spec.errors import UsageError

if TYPE_CHECKING:
    from rmqm_onnx import OpenOptions
    from rmqm_spec.contracts.inputs import InputSpec
    from rmqm_spec.contracts.preprocessing import Preprocessing
    from rmqm_spec.inputs.hashing import Progress
    from rmqm_spec.inputs.prepared import PreparedInputs

__all__ = ["DataRequest", "Json", "Model", "ModelRequest", "Null", "Report", "Settings"]

Model = Annotated[Path, typer.Argument(help="An .onnx file, or a folder with model.onnx in it.")]
Report = Annotated[
    Optional[Path],  # noqa: UP045 - typer reads the annotation at run time
    typer.Option(help="Write a page for people: one HTML file that needs nothing else."),
]
Json = Annotated[bool, typer.Option("--json", help="Print exactly one JSON document to stdout.")]

Null = Annotated[
    bool, typer.Option("--null/--no-null", help="Score the same network with permuted weights too.")
]
Settings = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option("--models", help="TOML with a table per model: path and its own options."),
]


def _option(help: str, *names: str, **settings: Any) -> Any:  # noqa: A002 - typer's own name
    return typer.Option(*names, help=help, rich_help_panel="Model", **settings)


def _data_option(help: str, *names: str, **settings: Any) -> Any:  # noqa: A002
    return typer.Option(*names, help=help, rich_help_panel="Inputs", **settings)


Text = Optional[str]  # noqa: UP045 - typer reads the annotation at run time
Count = Optional[int]  # noqa: UP045


@frozen(kw_only=True)
class ModelRequest:
    """Options about the model, as they were typed."""

    input: Annotated[Text, _option("Input to alter.")] = None
    output: Annotated[Text, _option("Tensor with the encodings, declared or inside.")] = None
    layout: Annotated[Text, _option("nchw, nhwc, nhw, flat or array.")] = None
    size: Annotated[Text, _option("Height and width where open: 224 or 480x640.")] = None
    pooling: Annotated[Text, _option("flatten, mean or cls.")] = None
    feed: Annotated[
        Optional[list[str]],  # noqa: UP045
        _option("NAME=VALUE for another input."),
    ] = None
    mean: Annotated[Text, _option("Mean, one value or one per channel.")] = None
    std: Annotated[Text, _option("Deviation, likewise.")] = None
    scale: Annotated[
        Optional[float], _option("Factor on [0, 1] before mean and std; 255 for bytes.")  # noqa: UP045
    ] = None
    channel_order: Annotated[Text, _option("rgb or bgr.")] = None
    preprocess: Annotated[Text, _option("TOML or JSON file with the preprocessing.")] = None
    provider: Annotated[str, _option("cpu, cuda or tensorrt.")] = "cpu"
    threads: Annotated[Count, _option("Processors to use.", min=1)] = None
    batch_size: Annotated[Count, _option("Inputs per call.", min=1)] = None

    def open_options(self) -> OpenOptions:
        """
        Read what was typed.

        Raises
        ------
        UsageError
            If a value is not one of those allowed.
        """
        from rmqm_onnx.running.providers import Provider
        from rmqm_spec.contracts.backend import Layout, OpenOptions, Pooling

        return OpenOptions(
            input=self.input,
            output=self.output,
            layout=one_of("--layout", self.layout, Layout),
            size=as_size(self.size),
            pooling=one_of("--pooling", self.pooling, Pooling),
            feeds=[as_feed(text) for text in self.feed or ()],
            preprocessing=self._preprocessing(),
            provider=one_of("--provider", self.provider, Provider),
            threads=as_processors(self.threads),
            batch_size=self.batch_size,
        )

    def _preprocessing(self) -> Preprocessing | None:
        from rmqm_spec.contracts.preprocessing import ChannelOrder, Preprocessing

        flags: dict[str, Any] = {
            "scale": other_than_zero("--scale", self.scale),
            "mean": as_numbers("--mean", self.mean),
            "std": as_numbers("--std", self.std),
            "channel_order": one_of("--channel-order", self.channel_order, ChannelOrder),
        }
        given = {name: value for name, value in flags.items() if value is not None}
        if self.preprocess is None:
            return Preprocessing(**given, source="flags") if given else None
        if given:
            raise UsageError(
                "ARG001",
                f"--preprocess must stand alone; got {' '.join(given)} too",
                fix="Put everything into the file.",
            )
        from rmqm_onnx.reading.preprocessing_files import read_preprocessing

        return read_preprocessing(Path(self.preprocess))


@frozen(kw_only=True)
class DataRequest:
    """Options about the inputs, as they were typed."""

    data: Annotated[
        Text, _data_option("Folder, pattern, .npz:key, .npy, .parquet, .tar, .csv or URL.")
    ] = None
    data_layout: Annotated[Text, _data_option("Axes: nhwc, nchw, nhw or array.")] = None
    range: Annotated[Text, _data_option("Range of the values of an array: LOW,HIGH.")] = None
    n: Annotated[Count, _data_option("Use this many, chosen by content.", "--n", min=1)] = None
    seed: Annotated[int, _data_option("Seed of the alteration.", min=0)] = 0

    @property
    def shown(self) -> str | None:
        """What was given as data, without what a URL may hold in secret: it is written down."""
        from rmqm_spec.inputs.downloads import is_url, without_secrets

        return without_secrets(self.data) if self.data and is_url(self.data) else self.data

    def open_inputs(
        self,
        spec: InputSpec,
        preprocessing: Preprocessing,
        default_n: int | None = None,
        *,
        progress: Progress | None = None,
    ) -> PreparedInputs:
        """
        Open the inputs; `default_n` of them where no number was typed.

        All of them are read once, to tell which are the same and to choose: `progress`, by default
        one on stderr, is told how far that is.
        """
        from rmqm_spec.cli.progress import ProgressReport
        from rmqm_spec.inputs.layouts import Layout
        from rmqm_spec.inputs.prepared import open_inputs

        with ProgressReport("reading inputs", units=("inputs", "inputs")) as shown:
            return open_inputs(
                self.data,
                spec,
                preprocessing,
                layout=one_of("--data-layout", self.data_layout, Layout),
                value_range=as_range(self.range),
                n=self.n or default_n,
                progress=progress or shown,
            )

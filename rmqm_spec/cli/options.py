"""Options that several commands share, and what they mean for the rest of the program."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import attrs
import typer
from attrs import frozen

from rmqm_spec.errors import UsageError

if TYPE_CHECKING:
    from rmqm_onnx import OpenOptions
    from rmqm_spec.inputs.contract import InputSpec
    from rmqm_spec.inputs.prepared import PreparedInputs
    from rmqm_spec.preprocessing import Preprocessing

__all__ = ["DataRequest", "Json", "Model", "ModelRequest", "ProtocolRequest", "expanded"]

Model = Annotated[Path, typer.Argument(help="An .onnx file, or a folder with model.onnx in it.")]
Json = Annotated[bool, typer.Option("--json", help="Print exactly one JSON document to stdout.")]


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
        from rmqm_onnx.options import Layout, OpenOptions, Pooling, Provider

        return OpenOptions(
            input=self.input,
            output=self.output,
            layout=_one_of("--layout", self.layout, Layout),
            size=_size(self.size),
            pooling=_one_of("--pooling", self.pooling, Pooling),
            feeds=[_feed(text) for text in self.feed or ()],
            preprocessing=self._preprocessing(),
            provider=_one_of("--provider", self.provider, Provider),
            threads=_processors(self.threads),
            batch_size=self.batch_size,
        )

    def _preprocessing(self) -> Preprocessing | None:
        from rmqm_spec.preprocessing import ChannelOrder, Preprocessing

        flags: dict[str, Any] = {
            "scale": self.scale,
            "mean": _numbers("--mean", self.mean),
            "std": _numbers("--std", self.std),
            "channel_order": _one_of("--channel-order", self.channel_order, ChannelOrder),
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
        from rmqm_onnx.preprocessing_files import read_preprocessing

        return read_preprocessing(Path(self.preprocess))


@frozen(kw_only=True)
class DataRequest:
    """Options about the inputs, as they were typed."""

    data: Annotated[Text, _data_option("Folder, glob, .npy or .npz (file.npz:key).")] = None
    data_layout: Annotated[Text, _data_option("Axes: nhwc, nchw, nhw or array.")] = None
    range: Annotated[Text, _data_option("Range of the values of an array: LOW,HIGH.")] = None
    n: Annotated[Count, _data_option("Use this many, chosen by content.", "--n", min=1)] = None
    seed: Annotated[int, _data_option("Seed of the noise.", min=0)] = 0

    def open_inputs(
        self, spec: InputSpec, preprocessing: Preprocessing, default_n: int | None = None
    ) -> PreparedInputs:
        """Open the inputs; `default_n` of them where no number was typed."""
        from rmqm_spec.inputs.layouts import Layout
        from rmqm_spec.inputs.prepared import open_inputs

        return open_inputs(
            self.data,
            spec,
            preprocessing,
            layout=_one_of("--data-layout", self.data_layout, Layout),
            value_range=_range(self.range),
            n=self.n or default_n,
        )


@frozen(kw_only=True)
class ProtocolRequest:
    """Options that change what the number means, as they were typed."""

    precision: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option(help="Stop when the 95 % interval is at most plus and minus this wide."),
    ] = None
    variant: Annotated[str, typer.Option(help="paper or authors-2022.")] = "paper"
    levels: Annotated[int, typer.Option(min=1, max=9999, help="Number of altered levels, J.")] = 99
    coupling: Annotated[
        str, typer.Option(help="independent, or common: one draw for all levels.")
    ] = "independent"


def expanded(command: Callable[..., int]) -> Callable[..., int]:
    """
    Spread the fields of attrs classes among a command's parameters over its signature.

    Typer reads the signature, so that options shared by commands are written once.
    """
    parameters: list[inspect.Parameter] = []
    groups: dict[str, Any] = {}
    for parameter in inspect.signature(command, eval_str=True).parameters.values():
        if not attrs.has(parameter.annotation):
            parameters.append(parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY))
            continue
        groups[parameter.name] = parameter.annotation
        attrs.resolve_types(parameter.annotation, include_extras=True)
        parameters += [
            inspect.Parameter(
                field.name,
                inspect.Parameter.KEYWORD_ONLY,
                default=field.default,
                annotation=field.type,
            )
            for field in attrs.fields(parameter.annotation)
        ]

    def spread(**values: Any) -> int:
        for name, group in groups.items():
            values[name] = group(**{one.name: values.pop(one.name) for one in attrs.fields(group)})
        return command(**values)

    spread.__name__, spread.__doc__ = command.__name__, command.__doc__
    spread.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    spread.__annotations__ = {one.name: one.annotation for one in parameters}
    return spread


def _processors(threads: int | None) -> int | None:
    present = os.cpu_count() or 1
    if threads is not None and threads > present:
        raise UsageError(
            "ARG001",
            f"--threads must be at most the {present} processors of this machine; got {threads}",
            fix="Leave it out to use all that this process may use.",
        )
    return threads


def _range(text: str | None) -> tuple[float, float] | None:
    """Read ``LOW,HIGH``."""
    numbers = _numbers("--range", text)
    if numbers is None:
        return None
    if len(numbers) != 2 or not numbers[0] < numbers[1]:
        raise UsageError(
            "ARG001",
            f"--range must be LOW,HIGH with LOW < HIGH; got {text!r}",
            fix="For example 0,255.",
        )
    return numbers[0], numbers[1]


def _numbers(name: str, text: str | None) -> tuple[float, ...] | None:
    if text is None:
        return None
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise UsageError(
            "ARG001",
            f"{name} must be numbers with commas between them; got {text!r}",
            fix=f"For example {name} 0.5 or {name} 0.1,0.2,0.3.",
        ) from None


def _size(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    parts = text.lower().split("x")
    if len(parts) not in (1, 2) or not all(part.isdigit() and int(part) > 0 for part in parts):
        raise UsageError(
            "ARG001",
            f"--size must be HEIGHTxWIDTH; got {text!r}",
            fix="For example 224 or 480x640.",
        )
    return int(parts[0]), int(parts[-1])


def _feed(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not separator or not name:
        raise UsageError(
            "ARG001", f"--feed must be NAME=VALUE; got {text!r}", fix="For example --feed mask=1."
        )
    return name, value


def _one_of(name: str, value: str | None, allowed: Any) -> Any:
    from typing import get_args

    if value is not None and value not in get_args(allowed):
        raise UsageError(
            "ARG001",
            f"{name} must be one of {', '.join(get_args(allowed))}; got {value!r}",
            fix="Correct it.",
        )
    return value

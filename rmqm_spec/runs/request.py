"""What a run is asked to do: typed records that pickle, made alike by every front door."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from attrs import field, frozen

from rmqm_spec.contracts.backend import Layout as NetworkLayout
from rmqm_spec.contracts.backend import OpenOptions, Pooling
from rmqm_spec.contracts.preprocessing import ChannelOrder, Preprocessing
from rmqm_spec.contracts.registry import alteration_kind, default_alteration
from rmqm_spec.errors import UsageError
from rmqm_spec.runs.fields import setting
from rmqm_spec.runs.values import (
    NO_FILE,
    above_zero,
    at_least,
    between,
    choice,
    factor,
    feeds,
    height_and_width,
    lengths,
    numbers,
    path,
    preprocessing_file,
    processors,
    seconds,
    text,
    usable_path,
    value_range,
    words,
    yes_or_no,
)

if TYPE_CHECKING:
    from rmqm_spec.arrays import AnyArray
    from rmqm_spec.contracts.alteration import AlterationKind

__all__ = ["DataSettings", "ModelSettings", "ProtocolSettings", "RunRequest"]

DataLayout = Literal["nhwc", "nchw", "nhw", "array"]
Variant = Literal["paper", "authors-2022"]


def _model(given: str | Path) -> str:
    """Take the path of a model; none where a request stands for all models of a ranking."""
    return str(usable_path("model", given)) if str(given) else ""


def _budget(given: Any) -> float | None:
    """Take seconds, also as ``30s`` or ``2m``."""
    return None if given is None else seconds("--budget", given)


def _reference(given: str | Path | None) -> Path | None:
    """Take the path of a reference."""
    return None if given is None else usable_path("--reference", given)


def _data(flag: str, given: Any) -> Any:
    """Take a text or a path as text, and an array as it is."""
    if isinstance(given, str | Path) and str(given):
        return str(given)
    if hasattr(given, "__array__"):
        import numpy as np

        return np.asarray(given)
    raise UsageError(
        "ARG001",
        f"{flag} must be a text, a path or an array; got {type(given).__name__}",
        fix="Correct it.",
    )


@frozen(kw_only=True)
class ModelSettings:
    """How to open a model; every setting left alone is read off the model."""

    input: str | None = setting("Input to alter.", read=text, panel="Model")
    output: str | None = setting(
        "Tensor with the encodings: an output or one inside.", read=text, panel="Model"
    )
    layout: NetworkLayout | None = setting(
        "Order of its axes: nchw, nhwc, nhw, flat or array.",
        read=choice(NetworkLayout),
        panel="Model",
    )
    size: tuple[int, int] | None = setting(
        "Height and width, if not fixed: 224 or 480x640.", read=height_and_width, panel="Model"
    )
    input_shape: tuple[int, ...] | None = setting(
        "Shape of one input where the model leaves it open: 16000 or 80x300.",
        read=lengths,
        panel="Model",
    )
    pooling: Pooling | None = setting(
        "How a map or sequence becomes one encoding: flatten, mean or cls.",
        read=choice(Pooling),
        panel="Model",
    )
    feed: tuple[tuple[str, str], ...] | None = setting(
        "NAME=VALUE for another input.", read=feeds, typed=list[str], panel="Model"
    )
    mean: tuple[float, ...] | None = setting(
        "Mean, one value or one per channel.", read=numbers, panel="Model"
    )
    std: tuple[float, ...] | None = setting(
        "Standard deviation, one value or one per channel.", read=numbers, panel="Model"
    )
    scale: float | None = setting(
        "Factor on [0, 1] before mean and std; 255 for bytes.",
        read=factor,
        typed=float,
        panel="Model",
    )
    channel_order: ChannelOrder | None = setting(
        "rgb or bgr.", read=choice(ChannelOrder), panel="Model"
    )
    preprocess: Path | str | None = setting(
        "TOML or JSON file with the preprocessing; none: not even what lies beside the model.",
        read=preprocessing_file,
        panel="Model",
    )
    backend: str | None = setting(
        "What opens the model; by default chosen by the file name.", read=text, panel="Model"
    )
    provider: str = setting(
        "Where the model runs: NAME or NAME:key=value,..., such as cpu, cuda or openvino; "
        "rmqm-spec doctor lists them.",
        default="cpu",
        read=text,
        panel="Model",
    )
    threads: int | None = setting(
        "Processors to use.", read=processors, typed=int, panel="Model", min=1
    )
    batch_size: int | None = setting(
        "Inputs per call.", read=at_least(1), typed=int, panel="Model", min=1
    )
    timeout: float | None = setting(
        "Seconds without any progress after which a model is given up. [default: 120; 1800 with "
        "a provider other than cpu and cuda]",
        read=seconds,
        panel="Model",
    )
    memory: float | None = setting(
        "GB that opening a model, or checking it, may take. [default: nine tenths of what is free]",
        read=above_zero,
        typed=float,
        panel="Model",
    )
    preprocessing: Preprocessing | None = None
    """The preprocessing itself, where it is at hand: then no setting above says anything of it."""

    def __attrs_post_init__(self) -> None:
        given = [name for name in ("scale", "mean", "std", "channel_order") if self._has(name)]
        if self.preprocess is not None and given:
            raise UsageError(
                "ARG001",
                f"--preprocess must stand alone; got {' '.join(given)} too",
                fix="Leave it out: what is set here stands in place of any file."
                if self.preprocess == NO_FILE
                else "Put everything into the file.",
            )

    def _has(self, name: str) -> bool:
        return getattr(self, name) is not None

    @property
    def provider_name(self) -> str:
        """The provider without its options."""
        return self.provider.partition(":")[0]

    def own_preprocessing(self) -> Preprocessing | None:
        """Return the preprocessing that is set here; None where it is read off the model."""
        names = ("scale", "mean", "std", "channel_order")
        given = {name: getattr(self, name) for name in names if self._has(name)}
        return Preprocessing(**given, source="flags") if given else self.preprocessing

    def open_options(
        self, preprocessing: Preprocessing | None, data_shape: tuple[int, ...] | None = None
    ) -> OpenOptions:
        """Return what a backend is told, with the preprocessing that is set."""
        return OpenOptions(
            input=self.input,
            output=self.output,
            layout=self.layout,
            size=self.size,
            input_shape=self.input_shape,
            data_shape=data_shape,
            pooling=self.pooling,
            feeds=self.feed or (),
            preprocessing=preprocessing,
            provider=self.provider,
            threads=self.threads,
            batch_size=self.batch_size,
        )


@frozen(kw_only=True, eq=False)
class DataSettings:
    """Which inputs, and how to read them."""

    data: str | AnyArray | None = setting(
        "Folder, pattern, .npz:key, .npy, .parquet, .tar, .csv or URL.", read=_data, panel="Inputs"
    )
    data_layout: DataLayout | None = setting(
        "Axes: nhwc, nchw, nhw or array.", read=choice(DataLayout), panel="Inputs"
    )
    range: tuple[float, float] | str | None = setting(
        "Range of the values of an array: LOW,HIGH, the word data, or a file with low and high "
        "per value.",
        read=value_range,
        panel="Inputs",
    )
    n: int | None = setting(
        "Use this many inputs, chosen by content.",
        read=at_least(1),
        typed=int,
        flag="--n",
        panel="Inputs",
        min=1,
    )
    seed: int = setting(
        "Seed of the alteration.", default=0, read=at_least(0), typed=int, panel="Inputs", min=0
    )

    @property
    def shown(self) -> str | None:
        """What was given as data, without what a URL may hold in secret: it is written down."""
        from rmqm_spec.inputs.downloads import is_url, without_secrets

        if not isinstance(self.data, str):
            return None
        return without_secrets(self.data) if self.data and is_url(self.data) else self.data


@frozen(kw_only=True)
class ProtocolSettings:
    """What the number means: formulas, alteration, further measures."""

    precision: float | None = setting(
        "Stop when half the width of the 95 % interval is at most this; in a race, encoders that "
        "differ by less are level.",
        read=above_zero,
        typed=float,
        panel="Protocol",
    )
    variant: Variant = setting(
        "paper or authors-2022.", default="paper", read=choice(Variant), panel="Protocol"
    )
    alteration: str | None = setting(
        "How inputs are altered; white-noise by default.", read=text, panel="Protocol"
    )
    levels: int | None = setting(
        "Number of altered levels, J.",
        read=between(1, 9999),
        typed=int,
        panel="Protocol",
        min=1,
        max=9999,
    )
    gradient: str | None = setting(
        "How gradients are computed, where the alteration needs them: auto (default), a route of "
        "the backend, or finite-differences for up to 256 values.",
        read=text,
        panel="Protocol",
    )
    measure: tuple[str, ...] = setting(
        "Further measures of the same encodings: NAME, NAME@SIZE, or all; rank knows "
        "NAME@smallest, too.",
        default=(),
        read=words,
        typed=list[str],
        panel="Protocol",
    )
    alteration_options: Mapping[str, Any] = field(factory=dict)
    """Options that the alteration itself takes, by name, as they were given."""

    @property
    def kind(self) -> AlterationKind:
        """The alteration, with all that it states about itself."""
        return alteration_kind(self.alteration) if self.alteration else default_alteration()


@frozen(kw_only=True, eq=False)
class RunRequest:
    """
    One model to be scored, and all that its numbers depend on.

    Parameters
    ----------
    model : str
        A model file, or a folder that holds one.
    name : str, optional
        What tables and folders call it; by default the name of its file.
    opening : ModelSettings
        How to open it.
    inputs : DataSettings
        Which inputs.
    protocol : ProtocolSettings
        What the number means.
    executor : str
        Where the work is done.
    executor_options : mapping
        Options that the executor takes, by name, as they were given.
    parts : str, optional
        Folder or URL of storage that all workers share: they write there what they have finished.
    out : Path, optional
        Folder of the result; by default a folder below ``rmqm-results``, named by model and digest.
    force : bool
        Compute again what is there, and replace another result in the folder.
    save_encodings : Path, optional
        File for the encodings of the unaltered inputs.
    null : bool
        Whether to score the same network with permuted weights too.
    budget : float, optional
        Seconds that the first score of a check may take.
    reference : Path, optional
        What the framework gives for a few inputs, which a check compares the model with.

    Notes
    -----
    `rmqm_spec.runs.flat.request_of` makes a request from flat names, as the command line, a TOML
    file and Python have them. A request pickles.
    """

    model: str = field(converter=_model)
    name: str | None = None
    opening: ModelSettings = field(factory=ModelSettings)
    inputs: DataSettings = field(factory=DataSettings)
    protocol: ProtocolSettings = field(factory=ProtocolSettings)
    executor: str = setting(
        "Where the work is done.", default="threads", read=text, panel="Protocol"
    )
    executor_options: Mapping[str, Any] = field(factory=dict)
    parts: str | None = setting(
        "Shared folder or URL where workers keep finished parts.", read=text, panel="Output"
    )
    out: Path | None = setting("Folder for the results.", read=path, panel="Output", typed=Path)
    force: bool = setting(
        "Compute again, and replace an existing result.",
        default=False,
        read=yes_or_no,
        typed=bool,
        flag="--force",
        panel="Output",
    )
    save_encodings: Path | None = setting(
        "Also write the encodings of the unaltered inputs: FILE.npz or FILE.npy.",
        read=path,
        panel="Output",
    )
    budget: float | None = field(default=None, converter=_budget)
    reference: Path | None = field(default=None, converter=_reference)
    null: bool = setting(
        "Take the same network with permuted weights too.",
        default=True,
        read=yes_or_no,
        typed=bool,
        flag="--null/--no-null",
        panel="Protocol",
    )

    @property
    def path(self) -> Path:
        """The model as a path."""
        return Path(self.model)

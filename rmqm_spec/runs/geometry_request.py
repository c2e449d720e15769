"""What the geometry of encodings is asked: labels, candidates, kernel, alteration."""

from __future__ import annotations

from pathlib import Path

from attrs import field, frozen

from rmqm_spec.errors import UsageError
from rmqm_spec.runs.fields import setting
from rmqm_spec.runs.request import RunRequest
from rmqm_spec.runs.values import at_least, between, penalties, text

__all__ = ["AlterationChoice", "GeometryRequest", "GeometrySettings"]


@frozen(kw_only=True)
class AlterationChoice:
    """How inputs are altered: the options as they are typed; a `RunRequest` holds them."""

    alteration: str | None = setting(
        "Also measure each input among its altered versions: rotation, white-noise, ...",
        read=text,
        panel="Geometry",
    )
    levels: int | None = setting(
        "Number of altered versions, J.",
        read=between(1, 9999),
        typed=int,
        panel="Geometry",
        min=1,
        max=9999,
    )


@frozen(kw_only=True)
class GeometrySettings:
    """Labels, candidates and kernel."""

    labels: str | None = setting(
        "Labels of --data: file.npz:key, file.npy, file.csv:column, folders, column:NAME.",
        read=text,
        panel="Geometry",
    )
    k: int = setting(
        "Number of candidates from which NNK chooses neighbours.",
        default=50,
        read=at_least(1),
        typed=int,
        flag="--k",
        panel="Geometry",
        min=1,
    )
    kernel: str = setting(
        "Similarity: cosine, or gaussian:BANDWIDTH.", default="cosine", read=text, panel="Geometry"
    )
    C: tuple[float, ...] = setting(
        "Inverse penalties that the linear probe chooses from; none leaves it out.",
        default=(0.1, 1.0, 10.0, 100.0, 1000.0, 10000.0),
        read=penalties,
        flag="--C",
        panel="Geometry",
    )
    scores: str | None = setting(
        "Output with class scores, for the model's own answers; auto: its default output.",
        read=text,
        panel="Geometry",
    )
    altered: int | None = setting(
        "Alter this many of the inputs; 200 by default.",
        read=at_least(1),
        typed=int,
        panel="Geometry",
        min=1,
    )

    @property
    def n_altered(self) -> int:
        """Number of inputs to alter at most."""
        return 200 if self.altered is None else self.altered


@frozen(kw_only=True, eq=False)
class GeometryRequest:
    """
    Models whose geometry is asked for.

    Parameters
    ----------
    models : tuple of str
        Models, folders or globs of models.
    settings : Path, optional
        TOML with a table for each model that needs options of its own.
    common : RunRequest
        How to open all models, which inputs, and their alteration where one is named; ``out`` is
        the folder of the documents, ``null`` whether the network with permuted weights is
        measured too.
    geometry : GeometrySettings
        Labels, candidates and kernel.
    shows : bool
        Whether pictures of a few inputs are kept, for a report.
    """

    models: tuple[str, ...] = ()
    settings: Path | None = None
    common: RunRequest = field(factory=lambda: RunRequest(model=""))
    geometry: GeometrySettings = field(factory=GeometrySettings)
    shows: bool = False

    def __attrs_post_init__(self) -> None:
        protocol = self.common.protocol
        if protocol.alteration is None:
            alone = [f"--{name.replace('_', '-')}" for name in protocol.alteration_options]
            alone += ["--levels"] if protocol.levels is not None else []
            alone += ["--altered"] if self.geometry.altered is not None else []
            for flag in alone:
                raise UsageError(
                    "ARG001",
                    f"{flag} must come with --alteration; got it alone",
                    fix="Name the alteration, or leave it out.",
                )
        elif protocol.kind.needs_gradients:
            raise UsageError(
                "ARG001",
                f"--alteration must alter inputs without the encoder's gradient; got "
                f"{protocol.alteration}",
                fix="Choose another, such as --alteration white-noise.",
            )

    @property
    def alters(self) -> bool:
        """Whether inputs are altered too."""
        return self.common.protocol.alteration is not None

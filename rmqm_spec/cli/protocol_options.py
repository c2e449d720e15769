"""Options that change what the number means, and the alteration that they ask for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Optional

import typer
from attrs import frozen

from rmqm_spec.cli.values import above_zero, as_fraction, one_of
from rmqm_spec.errors import UsageError

if TYPE_CHECKING:
    from rmqm_onnx.running.encoder import OnnxEncoder
    from rmqm_spec.alterations import PGD, WhiteNoise
    from rmqm_spec.contracts.encoder import Encoder
    from rmqm_spec.contracts.inputs import Bounds

__all__ = ["ProtocolRequest"]

Text = Optional[str]  # noqa: UP045 - typer reads the annotation at run time

_PGD_ONLY = ("step_size", "loss", "gradient")
_GRADIENTS = Literal["auto", "onnx", "torch", "finite-differences"]
_LOSSES = Literal["displacement", "cross-entropy", "triplet", "nt-xent"]


def _pgd(help: str, *names: str) -> Any:  # noqa: A002 - typer's own name
    return typer.Option(*names, help=help, rich_help_panel="PGD")


@frozen(kw_only=True)
class ProtocolRequest:
    """Options that change what the number means, as they were typed."""

    precision: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option(help="Stop when the 95 % interval is at most plus and minus this wide."),
    ] = None
    variant: Annotated[str, typer.Option(help="paper or authors-2022.")] = "paper"
    alteration: Annotated[str, typer.Option(help="white-noise or pgd.")] = "white-noise"
    levels: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(
            min=1,
            max=9999,
            help="Number of altered levels, J: by default 99 of white noise, 30 of pgd "
            "(29 in authors-2022).",
        ),
    ] = None
    coupling: Annotated[
        Text, typer.Option(help="independent (default), or common: one draw for all levels.")
    ] = None
    step_size: Annotated[Text, _pgd("Share of the range that a step moves; 2/255 by default.")] = (
        None
    )
    loss: Annotated[Text, _pgd("displacement, which is all that a score can follow.")] = None
    gradient: Annotated[
        Text,
        _pgd(
            "auto (default) or onnx: that of the model; torch: through onnx2pytorch; "
            "finite-differences: up to 256 values."
        ),
    ] = None

    def check(self) -> None:
        """
        Refuse wrong values before any work.

        Raises
        ------
        UsageError
            If a value is not one of those allowed, or belongs to the other alteration.
        """
        from rmqm_spec.alterations.noise.white_noise import Coupling
        from rmqm_spec.characteristics import Variant

        above_zero("--precision", self.precision)
        one_of("--variant", self.variant, Variant)
        one_of("--alteration", self.alteration, Literal["white-noise", "pgd"])
        one_of("--coupling", self.coupling, Coupling)
        one_of("--gradient", self.gradient, _GRADIENTS)
        above_zero("--step-size", as_fraction("--step-size", self.step_size))
        self._check_loss()
        for name in _PGD_ONLY if self.alteration == "white-noise" else ("coupling",):
            if getattr(self, name) is not None:
                other = "pgd" if name in _PGD_ONLY else "white-noise"
                raise UsageError(
                    "ARG001",
                    f"--{name.replace('_', '-')} must come with --alteration {other}; "
                    f"got --alteration {self.alteration}",
                    fix=f"Leave it out, or choose --alteration {other}.",
                )

    def _check_loss(self) -> None:
        one_of("--loss", self.loss, _LOSSES)
        if self.loss not in {None, "displacement"}:
            raise UsageError(
                "GRA013",
                f"--loss must be displacement for a score; got {self.loss!r}, which needs "
                "labels, or views and fixed batches",
                fix="Leave it out. In Python rmqm_spec.pgd_path makes the paths of all losses.",
            )

    def alteration_of(self, bounds: Bounds, seed: int) -> WhiteNoise | PGD:
        """Return the alteration of inputs within `bounds`."""
        from rmqm_spec.alterations import PGD, WhiteNoise

        levels: dict[str, int] = {} if self.levels is None else {"n_levels": self.levels}
        if self.alteration == "white-noise":
            coupling = self.coupling or "independent"
            return WhiteNoise(seed=seed, bounds=bounds, coupling=coupling, **levels)  # type: ignore[arg-type]
        size = as_fraction("--step-size", self.step_size)
        steps: dict[str, Any] = levels | ({} if size is None else {"alpha": size})
        restarted = self.variant == "authors-2022"
        return PGD(seed=seed, bounds=bounds, restarted=restarted, **steps)

    def check_gradient(self, encoder: Encoder, n_values: int) -> None:
        """
        Refuse an encoder of inputs of so many values whose gradient cannot be taken.

        Raises
        ------
        UsageError
            GRA010 or GRA014.
        """
        from rmqm_spec.contracts.encoder import as_differentiable
        from rmqm_spec.encoders.finite_differences import check_number_of_values

        if self.alteration == "pgd":
            if self.gradient == "finite-differences":
                check_number_of_values(n_values)
            else:
                as_differentiable(encoder)

    def with_gradient(self, encoder: OnnxEncoder, model: Path, bounds: Bounds) -> Encoder:
        """Return the encoder of a model file with the gradient that was asked for."""
        from attrs import evolve

        from rmqm_spec.encoders.finite_differences import with_finite_differences

        if self.gradient == "finite-differences":
            return with_finite_differences(encoder, bounds)
        if self.gradient == "torch":
            from rmqm_onnx.reading.model_file import read_model
            from rmqm_torch import ConvertedGradients

            path = read_model(model).path
            return evolve(encoder, gradients=ConvertedGradients(path, encoder.output))
        return encoder

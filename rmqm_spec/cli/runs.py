"""A run of the protocol: everything opened, and named by all that its numbers depend on."""

from __future__ import annotations

from math import prod
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from rmqm_spec.cli.options import DataRequest, ModelRequest
from rmqm_spec.cli.protocol_options import ProtocolRequest

if TYPE_CHECKING:
    from rmqm_onnx import OnnxEncoder
    from rmqm_spec.alterations import PGD, WhiteNoise
    from rmqm_spec.contracts.encoder import Encoder
    from rmqm_spec.inputs.prepared import PreparedInputs

__all__ = ["Run", "open_run"]

_TAKING_PART = ("rmqm-spec", "numpy", "Pillow")
"""Whose versions can change a number; the runtime's is in the encoder's description."""


@frozen(kw_only=True, eq=False)
class Run:
    """
    What is about to be computed.

    Parameters
    ----------
    model : Path
        The model as it was given.
    encoder : OnnxEncoder
        It, open.
    graded : Encoder
        The encoder with the gradient that was asked for.
    prepared : PreparedInputs
        The inputs, in the order in which they are taken.
    alteration : WhiteNoise or PGD
        The alteration.
    source : str
        Where the inputs come from, for people.
    folder : Path
        Where the result belongs.
    sha256 : str
        Digest of everything that the numbers and names of the result depend on.
    """

    model: Path
    encoder: OnnxEncoder
    graded: Encoder
    prepared: PreparedInputs
    alteration: WhiteNoise | PGD
    source: str
    folder: Path
    sha256: str

    @property
    def encodings_per_input(self) -> int:
        """How often each input is encoded: unaltered, and at every level."""
        return self.alteration.n_levels + 1

    @property
    def told(self) -> str:
        """The alteration in words."""
        from rmqm_spec.contracts.encoder import route_of

        rule = self.alteration
        if rule.name == "white-noise":
            return f"white noise of {rule.n_levels} levels, seed {rule.seed}"
        parameters = rule.to_dict()
        return (
            f"PGD of {rule.n_levels} levels, steps of {parameters['alpha']:.3g}, "
            f"loss {parameters['loss']}, seed {rule.seed}; gradient: {route_of(self.graded)}"
        )


def open_run(
    model: Path,
    options: ModelRequest,
    inputs: DataRequest,
    protocol: ProtocolRequest,
    *,
    out: Path | None = None,
    encoder: OnnxEncoder | None = None,
    name: str | None = None,
) -> Run:
    """Open model and inputs, and name the run; see `rmqm_spec.cli.scoring.score_model`."""
    from rmqm_onnx import open_encoder
    from rmqm_spec.contracts.encoder import route_of
    from rmqm_spec.identity import digest_of_json
    from rmqm_spec.results.document import plain, protocol_of, versions

    protocol.check()
    encoder = encoder or open_encoder(model, options.open_options())
    protocol.check_gradient(encoder, prod(encoder.spec.shape))
    prepared = inputs.open_inputs(encoder.spec, encoder.arrangement.preprocessing)
    rule = protocol.alteration_of(prepared.bounds, inputs.seed)
    graded = protocol.with_gradient(encoder, model, prepared.bounds)
    source = inputs.shown or prepared.source.label
    asked = [source, inputs.n, inputs.range, inputs.data_layout, protocol.precision]
    if not rule.independent_levels:
        asked.append(route_of(graded))
    description = encoder.description
    names = protocol_of(protocol.variant, rule.to_dict(), encoder.traits.resolution, description)
    asked_digest = digest_of_json(plain([description["model"]["sha256"], names, asked]))
    taken = [(prepared.digest(k), prepared.name(k)) for k in range(len(prepared))]
    found = versions()
    return Run(
        model=model,
        encoder=encoder,
        graded=graded,
        prepared=prepared,
        alteration=rule,
        source=source,
        folder=out or Path("rmqm-results") / f"{name or _name_of(model)}-{asked_digest[:8]}",
        sha256=digest_of_json(
            plain([asked_digest, description, taken, [found.get(one) for one in _TAKING_PART]])
        ),
    )


def _name_of(model: Path) -> str:
    return model.stem if model.suffix == ".onnx" else model.resolve().name

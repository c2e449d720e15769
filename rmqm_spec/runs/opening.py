"""A run, opened: model, inputs and alteration, named by all that its numbers depend on."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import frozen

from rmqm_spec.contracts.alteration import AlterationSettings, AnyAlteration
from rmqm_spec.contracts.backend import (
    Backend,
    ModelEncoder,
)
from rmqm_spec.contracts.encoder import Encoder, route_of
from rmqm_spec.contracts.listener import Listener
from rmqm_spec.contracts.measure import Measure
from rmqm_spec.contracts.option import read_options
from rmqm_spec.contracts.registry import (
    available,
    executor_kind,
    load_all,
)
from rmqm_spec.errors import UsageError
from rmqm_spec.runs.candidate_names import folder_name
from rmqm_spec.runs.gradients import (
    check_gradient,
    gradient_purpose,
    gradient_routes,
    with_gradient,
)
from rmqm_spec.runs.models import backend_of, open_model
from rmqm_spec.runs.ranged import for_inputs
from rmqm_spec.runs.request import DataSettings, RunRequest

if TYPE_CHECKING:
    from rmqm_spec.contracts.alteration import AlterationKind
    from rmqm_spec.contracts.inputs import Bounds, InputSpec
    from rmqm_spec.inputs.prepared import PreparedInputs

__all__ = ["OpenedInputs", "Run", "alteration_of", "check_request", "open_inputs", "open_run"]

_LONGEST_LABEL = 200
"""Bytes of a model's name in the name of a folder: file systems take 255 in all."""

_TAKING_PART = ("rmqm-spec", "numpy", "Pillow")
"""Whose versions can change a number; the runtime's is in the encoder's description."""


@frozen(kw_only=True, eq=False)
class Run:
    """
    What is about to be computed.

    Parameters
    ----------
    request : RunRequest
        What was asked for.
    backend : Backend
        What opened the model.
    encoder : ModelEncoder
        The model, open.
    graded : Encoder
        The encoder with the gradient that was asked for.
    prepared : PreparedInputs
        The inputs, in the order in which they are taken.
    kind : AlterationKind
        What the alteration states about itself.
    alteration : Alteration or DependentAlteration
        The alteration.
    measures : tuple of Measure
        What is measured beside RMQM.
    source : str
        Where the inputs come from, for people.
    folder : Path
        Where the result belongs.
    sha256 : str
        Digest of everything that the numbers and names of the result depend on.
    """

    request: RunRequest
    backend: Backend
    encoder: ModelEncoder
    graded: Encoder
    prepared: PreparedInputs
    kind: AlterationKind
    alteration: AnyAlteration
    measures: tuple[Measure, ...]
    source: str
    folder: Path
    sha256: str

    @property
    def encodings_per_input(self) -> int:
        """How often each input is encoded: unaltered, and at every level."""
        return self.alteration.n_levels + 1

    @property
    def words(self) -> str:
        """The alteration in words."""
        words = self.kind.in_words(self.alteration.to_dict())
        has_gradients = gradient_purpose(self.request) is not None
        return f"{words}; gradient: {route_of(self.graded)}" if has_gradients else words


def open_run(
    request: RunRequest,
    listener: Listener | None = None,
    *,
    encoder: ModelEncoder | None = None,
    inputs: OpenedInputs | None = None,
) -> Run:
    """
    Open model and inputs, and name the run.

    Parameters
    ----------
    request : RunRequest
        What is asked for.
    listener : Listener, optional
        Hears how far the reading of the inputs is.
    encoder : ModelEncoder, optional
        The model, where it is open already.
    inputs : OpenedInputs, optional
        Inputs that other models of the same ranking have opened.

    Raises
    ------
    RmqmError
        Whatever is wrong with the request, the model or the data, by name.
    """
    from rmqm_spec.identity import digest_of_json
    from rmqm_spec.measures.named import measures_named
    from rmqm_spec.results.document import plain, protocol_of, versions

    check_request(request)
    opener = backend_of(request)
    encoder = encoder or open_model(request, opener)
    kind = request.protocol.kind
    check_gradient(request, encoder)
    prepared = (inputs or OpenedInputs()).open(request.inputs, encoder, listener)
    alteration = alteration_of(request, kind, prepared.bounds, encoder.spec)
    graded = with_gradient(request, opener, encoder, prepared)
    encoder = for_inputs(encoder, prepared)
    measures = measures_named(request.protocol.measure)
    source = request.inputs.shown or prepared.source.label
    asked = _asked(request, source)
    if gradient_purpose(request) is not None:
        asked.append(route_of(graded))
    if measures:
        asked.append([_origin_of(measure) for measure in measures])
    description = encoder.description
    protocol = protocol_of(
        request.protocol.variant, alteration.to_dict(), encoder.traits.resolution, description
    )
    asked_digest = digest_of_json(plain([description["model"]["sha256"], protocol, asked]))
    taken = [(prepared.digest(k), prepared.name(k)) for k in range(len(prepared))]
    installed = versions()
    given_name = request.name and folder_name(request.name)
    label = given_name or _name_of(request.path)
    return Run(
        request=request,
        backend=opener,
        encoder=encoder,
        graded=graded,
        prepared=prepared,
        kind=kind,
        alteration=alteration,
        measures=measures,
        source=source,
        folder=request.out or Path("rmqm-results") / f"{label}-{asked_digest[:8]}",
        sha256=digest_of_json(
            plain(
                [
                    asked_digest,
                    _settled(description),
                    taken,
                    [installed.get(one) for one in _TAKING_PART],
                ]
            )
        ),
    )


def _settled(description: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what is measured anew whenever the model is opened."""
    runtime = description.get("runtime") or {}
    kept = {key: value for key, value in runtime.items() if key != "cpu_deviation"}
    return {**description, "runtime": kept}


def check_request(request: RunRequest) -> None:
    """
    Refuse, before any work, what does not go together.

    Raises
    ------
    UsageError, UnavailableError
        By the setting, or the plug.
    """
    protocol = request.protocol
    kind = protocol.kind
    read_options(kind.options, protocol.alteration_options, owner=f"--alteration {kind.name}")
    executor = executor_kind(request.executor)
    read_options(executor.options, request.executor_options, owner=f"--executor {executor.name}")
    routes = gradient_routes(backend_of(request))
    if protocol.gradient is not None and protocol.gradient not in routes:
        raise UsageError(
            "ARG001",
            f"--gradient must be one of {', '.join(routes)}; got {protocol.gradient!r}",
            fix="Choose one of them.",
        )
    if protocol.gradient is not None and gradient_purpose(request) is None:
        kinds = load_all("alteration")[0].values()
        named = [f"--alteration {other.name}" for other in kinds if other.needs_gradients]
        needed = " or ".join([*named, "a measure of gradients"])
        raise UsageError(
            "ARG001",
            f"--gradient must come with {needed}; got --alteration {kind.name}",
            fix=f"Leave it out, or choose {needed}.",
        )
    from rmqm_spec.evaluation.meters import require_walk_suffices
    from rmqm_spec.measures.movement import RMQM
    from rmqm_spec.measures.named import measures_named

    require_walk_suffices([RMQM, *measures_named(protocol.measure)])


def open_inputs(
    inputs: DataSettings,
    encoder: ModelEncoder,
    listener: Listener | None = None,
    *,
    default_n: int | None = None,
) -> PreparedInputs:
    """
    Open the inputs for a model; `default_n` of them where no number is set.

    All of them are read once, to see which are the same and to choose: the listener hears how far
    that is.
    """
    from rmqm_spec.inputs.prepared import open_inputs as prepare

    listener = listener or Listener()
    with listener.work("reading inputs", units=("inputs", "inputs")) as progress:
        return prepare(
            inputs.data,
            encoder.spec,
            encoder.preprocessing,
            layout=inputs.data_layout,
            value_range=inputs.range,
            n=inputs.n or default_n,
            progress=progress,
            keeps_floats=not maps_values(encoder),
        )


class OpenedInputs:
    """The inputs of several models: data are read once for all that take them in the same form."""

    def __init__(self) -> None:
        self._opened: dict[tuple[object, ...], PreparedInputs] = {}
        self._settings: list[DataSettings] = []  # alive, so that no other takes their identity

    def open(
        self, inputs: DataSettings, encoder: ModelEncoder, listener: Listener | None = None
    ) -> PreparedInputs:
        """Open the inputs for a model, as `open_inputs` does."""
        # Settings may hold arrays, which do not compare: the same object names the same inputs.
        key = (id(inputs), encoder.spec, maps_values(encoder))
        if key not in self._opened:
            self._opened[key] = open_inputs(inputs, encoder, listener)
            self._settings.append(inputs)
        return self._opened[key].prepared_by(encoder.preprocessing)

    def keep(self, inputs: DataSettings, encoder: ModelEncoder, prepared: PreparedInputs) -> None:
        """Take inputs that are open already as those of the settings."""
        self._opened[id(inputs), encoder.spec, maps_values(encoder)] = prepared
        self._settings.append(inputs)


def maps_values(encoder: ModelEncoder) -> bool:
    """Whether inputs in [0, 1] are expected: a value map is known, or the network takes bytes."""
    network_input = encoder.description.get("input")
    takes_bytes = isinstance(network_input, Mapping) and network_input.get("type") == "uint8"
    return encoder.preprocessing.is_known or takes_bytes


def _asked(request: RunRequest, source: str) -> list[object]:
    inputs = request.inputs
    return [source, inputs.n, inputs.range, inputs.data_layout, request.protocol.precision]


def alteration_of(
    request: RunRequest, kind: AlterationKind, bounds: Bounds, spec: InputSpec
) -> AnyAlteration:
    """Make the alteration of a request for inputs of these bounds, kind and shape."""
    protocol = request.protocol
    owner = f"--alteration {kind.name}"
    return kind.made(
        AlterationSettings(
            bounds=bounds,
            seed=request.inputs.seed,
            n_levels=protocol.levels or kind.levels_of(protocol.variant),
            variant=protocol.variant,
            options=read_options(kind.options, protocol.alteration_options, owner=owner),
            spec=spec,
        )
    )


def _origin_of(measure: Measure) -> str:
    """Return the name of a measure, and where it is installed from."""
    plug = measure.name.partition("@")[0]
    return f"{measure.name} {available('measure')[plug]}"


def _name_of(model: Path) -> str:
    """Name a folder by the model; a name that leaves no room for the digest is cut."""
    name = model.stem if model.suffix and model.is_file() else model.resolve().name
    while len(os.fsencode(name)) > _LONGEST_LABEL:
        name = name[:-1]
    return name

"""The model of a request: which backend opens it, with which preprocessing."""

from __future__ import annotations

from fnmatch import fnmatch
from pathlib import Path

from rmqm_spec.contracts.backend import (
    Backend,
    ModelEncoder,
    PreprocessingReading,
    ProviderChecking,
)
from rmqm_spec.contracts.preprocessing import SWITCHED_OFF, Preprocessing
from rmqm_spec.contracts.registry import backend, load_all
from rmqm_spec.errors import UnavailableError, UsageError
from rmqm_spec.runs.isolation.trials import require_sound
from rmqm_spec.runs.own_documents import refuse_document
from rmqm_spec.runs.request import ModelSettings, RunRequest

__all__ = ["backend_of", "knows", "open_model", "preprocessing_of"]


def backend_of(request: RunRequest) -> Backend:
    """
    Return what opens the model: the backend that was named, or the one that knows such files.

    Where no backend knows the name of the file, the first is taken: its error says what it expects.
    """
    refuse_document(request.path)
    if request.opening.backend is not None:
        return backend(request.opening.backend)
    working, broken = load_all("backend")
    if not working:
        raise (
            broken[0].error
            if broken
            else UnavailableError(
                "ENV004", "a backend must be installed; got none", fix="Reinstall rmqm-spec."
            )
        )
    knowing = [plug for plug in working.values() if knows(plug, request.path)]
    plug: Backend = (knowing or list(working.values()))[0]
    return plug


def knows(plug: Backend, path: Path) -> bool:
    """Whether a backend opens files of this name, or finds such a file in this folder."""
    if path.is_dir():
        places = [path / place for place in plug.usual_places]
        return any(place.is_file() for place in places) or any(
            next(path.glob(pattern), None) is not None for pattern in plug.patterns
        )
    return any(fnmatch(path.name, pattern) for pattern in plug.patterns)


def open_model(
    request: RunRequest,
    opener: Backend | None = None,
    *,
    data_shape: tuple[int, ...] | None = None,
) -> ModelEncoder:
    """
    Open the model of a request, after it was opened in a process of its own.

    Native code that crashes, hangs or eats memory is thus met there, and becomes an error here.
    Lengths that a model leaves open are those of `data_shape`, by default of one input.
    """
    opener = opener or backend_of(request)
    opening = request.opening
    preprocessing = preprocessing_of(opening, opener)
    _check_provider(opening.provider, opener)
    from rmqm_spec.inputs.opening import shape_of_rows

    if data_shape is None and not opening.input_shape:
        data_shape = shape_of_rows(request.inputs.data)
    require_sound(request, data_shape)
    return opener.open(request.path, opening.open_options(preprocessing, data_shape))


def _check_provider(text: str, opener: Backend) -> None:
    if isinstance(opener, ProviderChecking):
        opener.check_provider(text)
    elif text not in opener.providers:
        raise UsageError(
            "ARG001",
            f"--provider must be one of {', '.join(opener.providers)}; got {text!r}",
            fix="Choose one of them.",
        )


def preprocessing_of(opening: ModelSettings, opener: Backend) -> Preprocessing | None:
    """Return the preprocessing that is set; None where it is read off the model."""
    if opening.preprocess is None:
        return opening.own_preprocessing()
    if not isinstance(opening.preprocess, Path):  # the word none
        return Preprocessing(source=SWITCHED_OFF)
    if not isinstance(opener, PreprocessingReading):
        raise UsageError(
            "ARG001",
            f"--preprocess must be given to a backend that reads such files; got {opener.name}",
            fix="Say the values: --scale, --mean, --std, --channel-order.",
        )
    if opening.preprocess.exists() and not (
        opening.preprocess.is_file() or opening.preprocess.is_dir()
    ):
        raise UsageError(
            "ARG001",
            f"--preprocess must be a file, which is read more than once; got "
            f"{opening.preprocess}, which is a pipe or device",
            fix="Write what it holds into a file.",
        )
    return opener.read_preprocessing(opening.preprocess)

"""Models of the Hugging Face Hub: ``hf://OWNER/NAME``, from the network or its local cache."""

from __future__ import annotations

import re
from pathlib import Path

from rmqm_spec.contracts.registry import load_all
from rmqm_spec.errors import UnavailableError, UnreadableError, UsageError

__all__ = ["hub_model", "is_hub_id"]

_SCHEME = re.compile(r"hf:/{1,2}")
"""With one slash where a path has swallowed the other."""

_NOT_NEEDED = ["*tokenizer*", "*vocab*", "*merges*"]


def is_hub_id(model: object) -> bool:
    """Whether a model is named by its place on the Hub."""
    return _SCHEME.match(str(model)) is not None


def hub_model(model: str | Path) -> tuple[Path, str]:
    """
    Fetch a model, and the settings that lie beside it, unless they are in the cache.

    Parameters
    ----------
    model : str or Path
        ``hf://OWNER/NAME``, or ``hf://OWNER/NAME/path/to/model.onnx``.

    Returns
    -------
    (Path, str)
        Its folder or file in the cache, and what to call it.

    Raises
    ------
    UsageError
        ARG001 if the name has another form.
    UnreadableError
        HUB001 if there is no such repository, or no such model in it.
    UnavailableError
        ENV012 without huggingface_hub; HUB002 if it is not in the cache and cannot be fetched.
    """
    name = _SCHEME.sub("", str(model), count=1)
    parts = name.split("/")
    if len(parts) < 2 or any(part in {"", ".", ".."} for part in parts):
        raise UsageError(
            "ARG001",
            f"a model of the Hub must be hf://OWNER/NAME or hf://OWNER/NAME/FILE; got hf://{name}",
            fix="For example hf://onnx-community/dinov2-small.",
        )
    repository, file = "/".join(parts[:2]), "/".join(parts[2:])
    places = [file] if file else _usual_places()
    folder = _snapshot(repository, places)
    if not any((folder / place).is_file() for place in places):
        raise UnreadableError(
            "HUB001",
            f"{repository} must have the file {' or '.join(places)}; got no such file in {folder}",
            fix=f"Name the file of the model: hf://{repository}/PATH/TO/FILE.onnx.",
        )
    return (folder / file if file else folder), name


def _usual_places() -> list[str]:
    backends = load_all("backend")[0].values()
    return [place for backend in backends for place in backend.usual_places]


def _snapshot(repository: str, places: list[str]) -> Path:
    try:
        from huggingface_hub import errors, snapshot_download
    except ImportError as error:
        raise UnavailableError(
            "ENV012",
            f"huggingface_hub must be importable for hf:// models; got {error}",
            fix="pip install 'rmqm-spec[hub]'",
        ) from error
    # An asterisk also stands for what follows the name of a model: its external data.
    wanted = [*(f"{place}*" for place in places), "*.json"]
    try:
        return Path(
            snapshot_download(repository, allow_patterns=wanted, ignore_patterns=_NOT_NEEDED)
        )
    except errors.LocalEntryNotFoundError as error:
        raise _unreachable(repository, error) from error
    except (errors.HFValidationError, errors.RepositoryNotFoundError) as error:
        raise UnreadableError(
            "HUB001",
            f"hf://{repository} must be a repository of the Hub that may be read; got "
            f"{_first_line(error)}",
            fix="Check owner and name; log in for a private one: hf auth login.",
        ) from error
    except Exception as error:
        raise _unreachable(repository, error) from error


def _unreachable(repository: str, error: Exception) -> UnavailableError:
    return UnavailableError(
        "HUB002",
        f"hf://{repository} must be in the local cache or reachable; got {_first_line(error)}",
        fix=f"Connect to the network, without HF_HUB_OFFLINE; or, where there is one: "
        f"hf download {repository}, and copy the cache (HF_HOME).",
    )


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__

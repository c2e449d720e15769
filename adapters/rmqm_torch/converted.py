"""ONNX files as PyTorch modules, for graphs with an operator that has no derivative rule."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Any

import onnx

from rmqm_spec.arrays import AnyArray, FloatArray
from rmqm_spec.contracts.encoder import Pullback, Pushforward
from rmqm_spec.errors import UnavailableError, UnreadableError
from rmqm_torch.encoder import TorchEncoder

__all__ = ["ConvertedGradients", "from_onnx"]

_ROUTE = "torch (onnx2pytorch)"


def from_onnx(path: Path | str, *, output: str | None = None, **options: Any) -> TorchEncoder:
    """
    Open an ONNX file through onnx2pytorch.

    Parameters
    ----------
    path : Path or str
        The model; it must have one input.
    output : str, optional
        Name of the output with the encodings; needed if there are several.
    **options : object
        As for `TorchEncoder`.

    Returns
    -------
    TorchEncoder
        Its route of gradients is ``"torch (onnx2pytorch)"``.

    Raises
    ------
    UnavailableError
        ENV007 if onnx2pytorch cannot be imported.
    UnreadableError
        GRA021 if it cannot convert the model, GRA022 if the model has no such output.
    """
    try:
        from onnx2pytorch import ConvertModel
    except Exception as error:  # torchvision, which it needs, raises all kinds of errors
        raise UnavailableError(
            "ENV007",
            f"onnx2pytorch must be importable; got {type(error).__name__}: {error}",
            fix="pip install 'rmqm-spec[torch]'; torchvision must fit the build of PyTorch.",
        ) from error
    model = onnx.load(str(path))
    names = [value.name for value in model.graph.output]
    if (output is None and len(names) != 1) or (output is not None and output not in names):
        raise UnreadableError(
            "GRA022",
            f"output must be one of {', '.join(names)}; got {output!r}",
            fix="Name the output with the encodings.",
        )
    try:
        module = ConvertModel(model, experimental=True)
    except Exception as error:  # whatever the converter raises, it cannot convert the model
        raise UnreadableError(
            "GRA021",
            f"onnx2pytorch must be able to convert {path}; got {type(error).__name__}: {error}",
            fix="Use the gradients of the graph itself, or finite differences for small inputs.",
        ) from error
    if len(names) > 1:
        place = names.index(output or "")
        options.setdefault("output", lambda outputs: outputs[place])
    encoder = TorchEncoder(module, **options)
    encoder.gradient_route = _ROUTE
    return encoder


class ConvertedGradients:
    """
    The gradient of an ONNX model by PyTorch, which an `OnnxEncoder` can use instead of its graph's.

    It pickles as path, output and SHA-256, and converts the model again after unpickling.

    Parameters
    ----------
    path : Path or str
        The model; it must have one input. It is converted when a gradient is first asked for.
    output : str
        Name of the encodings, a declared output of the model.
    sha256 : str, optional
        Digest of the model's file, external data apart; by default as it is now.

    Raises
    ------
    UnreadableError
        MOD002 if there is no such file.
    """

    route = _ROUTE

    def __init__(self, path: Path | str, output: str, sha256: str | None = None) -> None:
        self._path = Path(path).absolute()
        self._output = output
        self._sha256 = sha256 or _sha256(self._path)
        self._lock = Lock()
        self._encoder: TorchEncoder | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._path, self._output, self._sha256)

    def vjp(self, feeds: Mapping[str, AnyArray], name: str) -> tuple[AnyArray, Pullback]:
        """
        Return the network's output and the way back to its input `name`.

        Raises
        ------
        UnreadableError
            GRA021 if the model has other inputs, or cannot be converted; MOD002 if its file has
            changed since.
        """
        with self._lock:  # the module changes its mode while it runs: one caller at a time
            return self._converted(feeds, name).vjp(feeds[name])

    def linearize(self, feeds: Mapping[str, AnyArray], name: str) -> tuple[AnyArray, Pushforward]:
        """
        Return the network's output and its derivative in directions of its input `name`.

        Raises
        ------
        UnreadableError
            As `vjp`.
        """
        with self._lock:
            encoder = self._converted(feeds, name)
            encodings = encoder.encode(feeds[name])

        def pushforward(tangents: FloatArray) -> AnyArray:
            with self._lock:
                return encoder.jvp(feeds[name], tangents)[1]

        return encodings, pushforward

    def _converted(self, feeds: Mapping[str, AnyArray], name: str) -> TorchEncoder:
        if set(feeds) != {name}:
            raise UnreadableError(
                "GRA021",
                f"a model for onnx2pytorch must have one input; got {', '.join(sorted(feeds))}",
                fix="Use the gradients of the graph itself, or finite differences.",
            )
        if self._encoder is None:
            self._encoder = self._opened()
        return self._encoder

    def _opened(self) -> TorchEncoder:
        sha256 = _sha256(self._path)
        if sha256 != self._sha256:
            raise UnreadableError(
                "MOD002",
                f"{self._path} must not change while it is in use; got another file, of SHA-256 "
                f"{sha256[:12]}... instead of {self._sha256[:12]}...",
                fix="Open it again, or put the file back that was opened.",
            )
        return from_onnx(self._path, output=self._output)


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise UnreadableError(
            "MOD002", f"model must be readable; got {error}", fix="Check the path."
        ) from error

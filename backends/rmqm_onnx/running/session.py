"""A session of the runtime that runs where it was asked to, or not at all."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from rmqm_onnx.running.providers import PROVIDERS, Provider
from rmqm_onnx.running.runtime import import_runtime, installed_builds
from rmqm_spec.arrays import AnyArray
from rmqm_spec.errors import RmqmError, SubjectError, UnavailableError

__all__ = ["encodings_of", "open_session", "plain_message"]

_OPTIONS: dict[Provider, dict[str, str]] = {
    # TF32 keeps 10 bits of mantissa: movements below 1e-3 would drown in rounding.
    "cuda": {"use_tf32": "0", "cudnn_conv_algo_search": "HEURISTIC"},
    "cpu": {},
    "tensorrt": {},
}

_NEWER_IR = re.compile(r"Unsupported model IR version: (\d+), max supported IR version: (\d+)")
_NEWER_OPSET = re.compile(
    r"Opset (\d+) is under development.*?official support for domain (\S+) is till opset (\d+)",
    re.DOTALL,
)
"""What the runtime says of a model that is newer than itself."""

_OUT_OF_MEMORY = ("Failed to allocate memory", "bad_alloc", "bad allocation")
"""What the runtime, or the C++ below it, says where there is no memory."""


def open_session(
    model: Path | bytes,
    *,
    folder: Path | None,
    provider: Provider = "cpu",
    threads: int = 1,
    optimised: bool = True,
) -> Any:
    """
    Open a model and make sure that it runs where it should.

    Parameters
    ----------
    model : Path or bytes
        A file, or a serialised model.
    folder : Path, optional
        Where external data lies, for a serialised model.
    provider : {"cpu", "cuda", "tensorrt"}
        Where to run.
    threads : int
        Threads within an operator.
    optimised : bool
        Whether the runtime may fuse and remove operators.

    Returns
    -------
    onnxruntime.InferenceSession

    Raises
    ------
    SubjectError
        If the runtime refuses the model.
    UnavailableError
        If the provider is not there or did not open; there is no silent fall-back.
    """
    runtime = import_runtime()
    _require_available(runtime, provider)
    options = runtime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    if not optimised:
        options.graph_optimization_level = runtime.GraphOptimizationLevel.ORT_DISABLE_ALL
    if folder is not None:
        key = "session.model_external_initializers_file_folder_path"
        options.add_session_config_entry(key, str(folder))
    wanted = [(PROVIDERS[provider], _OPTIONS[provider])]
    if provider == "tensorrt":
        wanted.append((PROVIDERS["cuda"], _OPTIONS["cuda"]))
    if provider != "cpu":
        wanted.append((PROVIDERS["cpu"], {}))
    source = _named(model)
    try:
        # Its own fall-back prints to stdout and goes on elsewhere, at opening and at every run.
        session = runtime.InferenceSession(source, options, providers=wanted, enable_fallback=0)
    except Exception as error:
        raise _refused(error, provider) from error
    if session.get_providers()[0] != PROVIDERS[provider]:
        raise _not_opened(provider, f"the session fell back to {session.get_providers()[0]}")
    return session


def _named(model: Path | bytes) -> str | bytes:
    """Return a path as the runtime takes it: in UTF-8, or else what is in the file."""
    if isinstance(model, bytes):
        return model
    try:
        str(model).encode("utf-8")
    except UnicodeEncodeError:
        return model.read_bytes()
    return str(model)


def encodings_of(
    session: Any, output: str, feeds: Mapping[str, AnyArray], *, altered: str
) -> AnyArray:
    """
    Run a session, and make sure that the encodings are numbers.

    Parameters
    ----------
    session : onnxruntime.InferenceSession
        The open model.
    output : str
        Name of the encodings.
    feeds : mapping of str to ndarray
        A value for every input.
    altered : str
        The input that is altered, for the error.

    Raises
    ------
    SubjectError
        MOD007 if the network cannot run, OUT003 if it does not give an array of numbers.
    """
    try:
        (encodings,) = session.run([output], dict(feeds))
    except Exception as error:
        inputs = feeds[altered]
        if any(sign in str(error) for sign in _OUT_OF_MEMORY):
            raise SubjectError(
                "MOD010",
                f"the model must fit into memory with {len(inputs)} input(s) of shape "
                f"{inputs.shape[1:]}; ONNX Runtime says {plain_message(error)}",
                fix="Use smaller inputs (--size) where they are open, fewer at a time "
                "(--batch-size 1), or a machine with more memory; --memory GB raises the limit.",
            ) from error
        raise SubjectError(
            "MOD007",
            f"the model must run on {len(inputs)} input(s) of shape {inputs.shape[1:]}; "
            f"ONNX Runtime says {plain_message(error)}",
            fix="Check --size and --layout; a model that fails on every input must be exported "
            "again.",
        ) from error
    if isinstance(encodings, np.ndarray) and encodings.dtype.kind in "fiub":
        return encodings
    kind = encodings.dtype if isinstance(encodings, np.ndarray) else type(encodings).__name__
    raise SubjectError(
        "OUT003",
        f"the encodings must be an array of numbers; got {kind} from {output}",
        fix="Choose another --output.",
    )


def plain_message(error: BaseException) -> str:
    """Return the runtime's message without its numbers and source positions, on a single line."""
    text = " ".join(str(error).split())
    parts = text.split(" : ", 3)
    if text.startswith("[ONNXRuntimeError]") and len(parts) == 4:
        text = f"{parts[2]}: {parts[3]}"
    return text if len(text) <= 400 else text[:397] + "..."


def _require_available(runtime: Any, provider: Provider) -> None:
    if provider == "cpu":
        return
    if PROVIDERS[provider] not in runtime.get_available_providers():
        raise _not_opened(provider, f"{_build()} was built without it")
    if hasattr(runtime, "preload_dlls"):
        # It prints what it could not find to stdout, which belongs to the result.
        with contextlib.redirect_stdout(io.StringIO()):
            runtime.preload_dlls(directory="")


def _refused(error: Exception, provider: Provider) -> RmqmError:
    kind = type(error).__name__
    if kind == "EPFail" or (provider != "cpu" and isinstance(error, RuntimeError)):
        return _not_opened(provider, plain_message(error))
    newer = _newer_than_runtime(str(error))
    if newer is not None:
        return newer
    unknown = "is not a registered function/op" in str(error) or "No Op registered" in str(error)
    about_operators = kind in ("NotImplemented", "InvalidGraph", "InvalidArgument")
    code = "MOD004" if unknown or about_operators else "MOD003"
    return SubjectError(
        code,
        f"ONNX Runtime must be able to open the model; it says {plain_message(error)}",
        fix="Export the model again with a recent exporter and opset (17 or later), with standard "
        "operators only.",
    )


def _newer_than_runtime(text: str) -> SubjectError | None:
    """Say which version of the model the runtime does not know yet; None where that is not it."""
    ir_version = _NEWER_IR.search(text)
    if ir_version is not None:
        given, largest = ir_version.groups()
        what, lower = f"IR version must be at most {largest}", f"ir_version {largest} or lower"
    elif (opset := _NEWER_OPSET.search(text)) is not None:
        given, domain, largest = opset.groups()
        what = f"opset of the domain {domain} must be at most {largest}"
        lower = f"opset {largest} or lower"
    else:
        return None
    return SubjectError(
        "MOD003",
        f"the model's {what} for the ONNX Runtime that is installed ({_build()}); got {given}: "
        "the model is newer than the runtime",
        fix=f"Update the runtime (pip install --upgrade {_build_name()}), or save the model with "
        f"{lower} instead of {given}.",
    )


def _not_opened(provider: Provider, reason: str) -> UnavailableError:
    if provider == "cpu":
        fix = "Reinstall: pip install 'rmqm-spec[cpu]'."
    else:
        fix = (
            "Run rmqm-spec doctor; install the GPU build (pip uninstall -y onnxruntime, then "
            "pip install 'rmqm-spec[gpu]') and a driver that fits, or use --provider cpu."
        )
    return UnavailableError("ENV003", f"provider {provider} must open; got: {reason}", fix=fix)


def _build() -> str:
    return ", ".join(f"{name} {release}" for name, release in installed_builds().items())


def _build_name() -> str:
    return next(iter(installed_builds()), "onnxruntime")

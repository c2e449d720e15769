"""A session of the runtime that runs where it was asked to, or not at all."""

from __future__ import annotations

import io
from collections.abc import Mapping
from contextlib import nullcontext, redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np

from rmqm_onnx.running.native_log import NativeLog, native_log
from rmqm_onnx.running.placement import RECORD, placement_of, require_nodes
from rmqm_onnx.running.plugins import devices_of, installed_plugin, is_built_in
from rmqm_onnx.running.provider_choice import ON_CPU, ProviderChoice
from rmqm_onnx.running.providers import CPU, PROVIDERS
from rmqm_onnx.running.refusals import (
    named_builds,
    not_opened,
    plain_message,
    refused,
    refused_by_provider,
)
from rmqm_onnx.running.runtime import import_runtime
from rmqm_spec.arrays import AnyArray
from rmqm_spec.errors import RmqmError, SubjectError, UsageError

__all__ = ["encodings_of", "open_session", "options_in_force"]

_OUT_OF_MEMORY = (
    "Failed to allocate memory",
    "bad_alloc",
    "bad allocation",
    "out of memory",
    "ALLOC_FAILED",
)
"""What the runtime says where there is no memory, or what is below it: C++, CUDA, its libraries."""


def open_session(
    model: Path | bytes,
    *,
    folder: Path | None,
    provider: ProviderChoice = ON_CPU,
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
    provider : ProviderChoice
        Where to run, with the options of the user.
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
    UsageError
        ARG001 if the runtime refuses an option of the provider.
    UnavailableError
        ENV003 if the provider is not there or did not open, ENV013 if it runs no node: there is no
        silent fall-back.
    """
    runtime = import_runtime()
    options = runtime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry(RECORD, "1")
    if not optimised:
        options.graph_optimization_level = runtime.GraphOptimizationLevel.ORT_DISABLE_ALL
    if not provider.provider.is_cpu:
        options.use_deterministic_compute = True
    if folder is not None:
        key = "session.model_external_initializers_file_folder_path"
        options.add_session_config_entry(key, str(folder))
    asked = _asked(runtime, options, provider, threads)
    source = _named(model)
    with nullcontext(NativeLog()) if provider.provider.is_cpu else native_log() as log:
        try:
            # Its own fall-back prints to stdout and goes on elsewhere, at opening and at every run.
            session = runtime.InferenceSession(source, options, enable_fallback=0, **asked)
        except Exception as error:
            reason = refused(error, provider)
            if isinstance(reason, SubjectError) and _opens_on_cpu(model, folder, provider):
                reason = refused_by_provider(error, provider)
            raise reason from error
    if session.get_providers()[0] != provider.provider.ep:
        ran = f"the session fell back to {session.get_providers()[0]}"
        raise not_opened(provider, f"{ran}: {log.error}" if log.error else ran)
    if not provider.provider.is_cpu:
        require_nodes(provider, placement_of(session))
    return session


def _opens_on_cpu(model: Path | bytes, folder: Path | None, choice: ProviderChoice) -> bool:
    """Whether a model that a provider refuses is sound: then the provider is what fails."""
    if choice.provider.is_cpu:
        return False
    try:
        open_session(model, folder=folder)
    except RmqmError:
        return False
    return True


def options_in_force(
    session: Any, provider: ProviderChoice, threads: int
) -> dict[str, dict[str, str]]:
    """Return, for each provider of a session, the options that we set, as the runtime has them."""
    set_by_us = _options(import_runtime(), provider, threads)
    reported: dict[str, dict[str, str]] = session.get_provider_options()
    return {
        ep: {key: reported.get(ep, {}).get(key, value) for key, value in options.items()}
        for ep, options in set_by_us.items()
        if ep in session.get_providers()
    }


def _options(runtime: Any, choice: ProviderChoice, threads: int) -> dict[str, dict[str, str]]:
    """Return what every provider of a session is opened with, in order of preference."""
    provider = choice.provider
    if not is_built_in(runtime, provider):
        return {provider.ep: choice.plugin_options()}
    wanted = {provider.ep: choice.options(threads)}
    wanted |= {PROVIDERS[name].ep: dict(PROVIDERS[name].options) for name in provider.then}
    return wanted | {CPU.ep: {}}


def _asked(
    runtime: Any, options: Any, choice: ProviderChoice, threads: int
) -> dict[str, list[tuple[str, dict[str, str]]]]:
    """Ask for a provider by name where the build has it, else for the devices of its plugin."""
    if not is_built_in(runtime, choice.provider):
        _ask_plugin(runtime, options, choice)
        return {}
    if not choice.provider.is_cpu and hasattr(runtime, "preload_dlls"):
        # It prints what it could not find to stdout, which belongs to the result.
        with redirect_stdout(io.StringIO()):
            runtime.preload_dlls(directory="")
    return {"providers": list(_options(runtime, choice, threads).items())}


def _ask_plugin(runtime: Any, options: Any, choice: ProviderChoice) -> None:
    plugin = installed_plugin(choice.provider)
    if plugin is None:
        raise not_opened(choice, f"{named_builds()} was built without it")
    try:
        devices = devices_of(runtime, choice.provider)
    except Exception as error:
        raise not_opened(choice, f"{plugin} cannot be loaded: {plain_message(error)}") from error
    if not devices:
        raise not_opened(choice, f"{plugin} is installed, and offers no device on this machine")
    wanted = choice.given.get("device", "0")
    if not (wanted.isdecimal() and int(wanted) < len(devices)):
        raise UsageError(
            "ARG001",
            f"--provider {choice.provider.name}:device must be a number from 0 to "
            f"{len(devices) - 1}; got {wanted!r}",
            fix="rmqm-spec doctor lists the devices in this order.",
        )
    try:
        options.add_provider_for_devices([devices[int(wanted)]], choice.plugin_options())
    except Exception as error:
        raise refused(error, choice) from error


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
        MOD007 if the network cannot run, MOD010 if it lacks memory, OUT003 if it does not give an
        array of numbers.
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

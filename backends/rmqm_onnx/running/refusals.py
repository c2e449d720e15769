"""What the runtime refuses, in our words: the model, the provider, or an option of the provider."""

from __future__ import annotations

import re

from rmqm_onnx.running.provider_choice import ProviderChoice
from rmqm_onnx.running.runtime import installed_builds
from rmqm_spec.errors import RmqmError, SubjectError, UnavailableError, UsageError

__all__ = ["named_builds", "not_opened", "plain_message", "refused", "refused_by_provider"]

_NEWER_IR = re.compile(r"Unsupported model IR version: (\d+), max supported IR version: (\d+)")
_NEWER_OPSET = re.compile(
    r"Opset (\d+) is under development.*?official support for domain (\S+) is till opset (\d+)",
    re.DOTALL,
)
"""What the runtime says of a model that is newer than itself."""

_SOURCE = re.compile(r"^\S+\.(?:cc|cpp|h):\d+ [^()]*\([^()]*\) ")
"""Where in its sources the runtime gave up: a file, a line and a signature."""
_PLACES = re.compile(r"\.(?:cc|cpp|h):\d+ ")


def refused(error: Exception, choice: ProviderChoice) -> RmqmError:
    """Return the error to raise where the runtime does not open a session."""
    kind = type(error).__name__
    bad_option = _bad_option(error, choice)
    if bad_option is not None:
        return bad_option
    if kind == "EPFail" or (not choice.provider.is_cpu and isinstance(error, RuntimeError)):
        return not_opened(choice, plain_message(error))
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


def refused_by_provider(error: Exception, choice: ProviderChoice) -> UnavailableError:
    """Return the error to raise where a provider refuses a model that the CPU opens."""
    return UnavailableError(
        "ENV003",
        f"provider {choice} must open the model, as the CPU does; got: {plain_message(error)}",
        fix="Use --provider cpu, on which this model opens.",
    )


def not_opened(choice: ProviderChoice, reason: str) -> UnavailableError:
    """Return the error to raise where a provider is not there, or does not open."""
    install = choice.provider.install
    if choice.provider.is_cpu:
        fix = f"{install[0].upper()}{install[1:]}."
    elif choice.given:
        fix = (
            f"Check the options {', '.join(choice.given)}, and whether {choice.provider.name} "
            f"opens without them; rmqm-spec doctor tries it; {install}, or use --provider cpu."
        )
    else:
        fix = f"Run rmqm-spec doctor; {install}, or use --provider cpu."
    return UnavailableError("ENV003", f"provider {choice} must open; got: {reason}", fix=fix)


def _bad_option(error: Exception, choice: ProviderChoice) -> UsageError | None:
    """Name the option of the user that the runtime refuses; None where it names none of them."""
    named = [key for key in choice.given if key in str(error)]
    if not named:
        return None
    return UsageError(
        "ARG001",
        f"--provider {choice.provider.name} must be given options that it knows; got "
        f"{', '.join(f'{key}={choice.given[key]}' for key in named)}: {plain_message(error)}",
        fix="Correct the option or leave it out; ONNX Runtime documents the options of "
        f"{choice.provider.ep}.",
    )


def plain_message(error: BaseException) -> str:
    """Return the runtime's message without its numbers and source positions, on a single line."""
    text = " ".join(str(error).split())
    parts = text.split(" : ", 3)
    if text.startswith("[ONNXRuntimeError]") and len(parts) == 4:
        text = f"{parts[2]}: {parts[3]}"
    text = _SOURCE.sub("", text)
    if len(text) <= 400:
        return text
    # A chain of sources and signatures ends with the reason.
    return f"...{text[-397:]}" if _PLACES.search(text) else f"{text[:397]}..."


def named_builds() -> str:
    """Return the builds of the runtime that are installed, with their versions."""
    return ", ".join(f"{name} {release}" for name, release in installed_builds().items())


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
    build = next(iter(installed_builds()), "onnxruntime")
    return SubjectError(
        "MOD003",
        f"the model's {what} for the ONNX Runtime that is installed ({named_builds()}); got "
        f"{given}: the model is newer than the runtime",
        fix=f"Update the runtime (pip install --upgrade {build}), or save the model with {lower} "
        f"instead of {given}.",
    )

"""``NAME[:key=value,...]``: which provider was asked for, with which options."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from rmqm_onnx.running.providers import CPU, PROVIDERS, Provider
from rmqm_onnx.running.runtime import import_runtime
from rmqm_spec.errors import UsageError

__all__ = ["ON_CPU", "ProviderChoice", "read_provider"]

_FORM = "NAME or NAME:key=value,..."


@frozen
class ProviderChoice:
    """
    A provider, and the options that the user gave.

    Examples
    --------
    >>> choice = read_provider("cuda:device_id=1,use_tf32=1")
    >>> choice.provider.name, dict(choice.given)
    ('cuda', {'device_id': '1', 'use_tf32': '1'})
    """

    provider: Provider
    given: Mapping[str, str] = field(factory=dict)

    def __str__(self) -> str:
        """Return the choice as ``--provider`` takes it."""
        options = ",".join(f"{key}={value}" for key, value in self.given.items())
        return f"{self.provider.name}:{options}" if options else self.provider.name

    def options(self, threads: int) -> dict[str, str]:
        """Return what a provider that is built in is opened with; the user's options win."""
        own = self.provider.threads_option
        usual = {**self.provider.options, **({own: str(threads)} if own else {})}
        # An engine is kept on disk only where the user says where.
        if "trt_engine_cache_path" in self.given:
            usual["trt_engine_cache_enable"] = "1"
        return {**usual, **self.given}

    def plugin_options(self) -> dict[str, str]:
        """Return what the provider of a plugin is opened with, apart from its device."""
        given = {key: value for key, value in self.given.items() if key != "device"}
        return {**self.provider.plugin_options, **given}


ON_CPU = ProviderChoice(CPU)


def read_provider(text: str) -> ProviderChoice:
    """
    Read what ``--provider`` was given.

    Parameters
    ----------
    text : str
        A short name or the runtime's own name of a provider that it has; then, after a colon,
        options of the provider, separated by commas.

    Raises
    ------
    UsageError
        ARG001 if there is no such provider, or the text has another form.

    Examples
    --------
    >>> str(read_provider("openvino:device_type=GPU"))
    'openvino:device_type=GPU'
    >>> read_provider("cuda:device_id")
    Traceback (most recent call last):
    rmqm_spec.errors.UsageError: --provider must be NAME or NAME:key=value,...; got \
'cuda:device_id', where 'device_id' is no key=value
    """
    name, colon, rest = text.partition(":")
    provider = _named(name)
    given: dict[str, str] = {}
    for item in rest.split(",") if colon else ():
        key, equals, value = (part.strip() for part in item.partition("="))
        if not (key and equals and value):
            raise _malformed(text, f"{item!r} is no key=value")
        if key in given:
            raise _malformed(text, f"{key} is given twice")
        given[key] = value
    if given and provider.is_cpu:
        raise UsageError(
            "ARG001",
            f"--provider cpu takes no options; got {text!r}",
            fix="Leave the options out. --threads sets the number of processors.",
        )
    return ProviderChoice(provider, given)


def _named(name: str) -> Provider:
    """Look a provider up by its short name, or by the runtime's own."""
    known = {**PROVIDERS, **{provider.ep: provider for provider in PROVIDERS.values()}}
    if name in known:
        return known[name]
    # The runtime is loaded only for what may be a name of its own.
    if name.endswith("ExecutionProvider") and name in import_runtime().get_available_providers():
        return Provider(name=name, ep=name)
    raise UsageError(
        "ARG001",
        f"--provider must be one of {', '.join(PROVIDERS)}; got {name!r}",
        fix="Choose one of them. rmqm-spec doctor shows which of them open here; a build's own "
        "name, such as XnnpackExecutionProvider, works too.",
    )


def _malformed(text: str, why: str) -> UsageError:
    return UsageError(
        "ARG001",
        f"--provider must be {_FORM}; got {text!r}, where {why}",
        fix="Write it as in --provider cuda:device_id=1,use_tf32=0.",
    )

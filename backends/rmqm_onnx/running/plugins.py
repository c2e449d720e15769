"""Providers from plugin wheels: a library that is registered, and the devices that it offers."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from threading import Lock
from typing import Any

from attrs import frozen

from rmqm_onnx.running.providers import Provider

__all__ = ["Plugin", "devices_of", "installed_plugin", "is_built_in"]

_registered: set[str] = set()
_lock = Lock()
"""A library may be registered once in a process."""


@frozen
class Plugin:
    """An installed wheel: `distribution`, its `version`, and the `module` that has the library."""

    distribution: str
    version: str
    module: str

    def __str__(self) -> str:
        return f"{self.distribution} {self.version}"


def is_built_in(runtime: Any, provider: Provider) -> bool:
    """Whether the build has a provider; it may list what a plugin brought, once that is loaded."""
    listed = provider.ep in runtime.get_available_providers()
    return provider.is_cpu or (listed and provider.ep not in _registered)


def installed_plugin(provider: Provider) -> Plugin | None:
    """Return the wheel that brings a provider; None where none is installed."""
    for distribution, module in provider.plugins:
        try:
            return Plugin(distribution, version(distribution), module)
        except PackageNotFoundError:
            continue
    return None


def devices_of(runtime: Any, provider: Provider) -> list[Any]:
    """
    Return the devices that a provider offers here, after its plugin was registered.

    Returns
    -------
    list of onnxruntime.OrtEpDevice
        Empty where the provider is no plugin, or finds no hardware that it supports.

    Raises
    ------
    Exception
        Whatever the plugin's module or the runtime raises where the library cannot be loaded.
    """
    if not hasattr(runtime, "get_ep_devices"):
        return []
    offered = _offered(runtime, provider)
    plugin = installed_plugin(provider)
    if offered or plugin is None:
        return offered
    with _lock:
        if provider.ep not in _registered:
            library = import_module(plugin.module).get_library_path()
            # The name is free; but there are plugins that call their provider by it.
            runtime.register_execution_provider_library(provider.ep, str(library))
            _registered.add(provider.ep)
    return _offered(runtime, provider)


def _offered(runtime: Any, provider: Provider) -> list[Any]:
    return [device for device in runtime.get_ep_devices() if device.ep_name == provider.ep]

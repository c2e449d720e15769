"""What was opened and how, as plain data for results."""

from __future__ import annotations

from typing import Any

from attrs import asdict, frozen

from rmqm_onnx.choices.choosing import Choices
from rmqm_onnx.reading.model_description import describe_model
from rmqm_onnx.reading.model_file import ModelFile
from rmqm_onnx.running.placement import Placement
from rmqm_onnx.running.plugins import installed_plugin, is_built_in
from rmqm_onnx.running.provider_choice import ProviderChoice
from rmqm_onnx.running.runtime import import_runtime, installed_builds
from rmqm_onnx.running.session import options_in_force
from rmqm_onnx.running.trial_run import TrialRun
from rmqm_spec.contracts.backend import OpenOptions

__all__ = ["Running", "describe"]


@frozen
class Running:
    """Where a model runs: the provider, threads within an operator, and nodes per provider."""

    choice: ProviderChoice
    threads: int
    placement: Placement | None


def describe(
    file: ModelFile, choices: Choices, trial: TrialRun, options: OpenOptions, running: Running
) -> dict[str, Any]:
    """Return everything that a result says of its encoder."""
    layout = trial.encoder.arrangement.layout
    preprocessing = trial.encoder.arrangement.preprocessing
    return {
        "model": describe_model(file),
        "input": {
            **asdict(choices.input),
            "why": choices.why,
            "layout": layout.layout,
            "feeds": dict(options.feeds),
        },
        "output": {
            "name": trial.encoder.output,
            "shape": list(trial.output_shape),
            "type": trial.output_type,
            "pooling": trial.encoder.pooling,
        },
        "preprocessing": preprocessing.to_dict(),
        "geometry": {
            "shape": list(layout.spec.shape),
            "type": "float32",
            "resize": preprocessing.resize,
            "crop": preprocessing.crop,
            "interpolation": preprocessing.interpolation,
            **preprocessing.later_geometry(),
        },
        "runtime": _describe_runtime(trial, running),
    }


def _describe_runtime(trial: TrialRun, running: Running) -> dict[str, Any]:
    encoder, choice, placement = trial.encoder, running.choice, running.placement
    nodes = {ep: sum(operators.values()) for ep, operators in (placement or {}).items()}
    return {
        "builds": installed_builds(),
        "version": import_runtime().__version__,
        **_plugin(choice),
        "provider": choice.provider.name,
        "providers": encoder.session.get_providers(),
        "provider_options": options_in_force(encoder.session, choice, running.threads),
        "nodes": nodes if placement is not None else None,
        **_against_cpu(trial),
        "threads_per_operator": running.threads,
        "callers": encoder.traits.concurrency,
        "batch_size": encoder.traits.batch_size,
        "rows_per_call": encoder.rows,
        "one_at_a_time": encoder.one_at_a_time,
    }


def _plugin(choice: ProviderChoice) -> dict[str, Any]:
    plugin = installed_plugin(choice.provider)
    if plugin is None or is_built_in(import_runtime(), choice.provider):
        return {}
    return {"plugin": str(plugin)}


def _against_cpu(trial: TrialRun) -> dict[str, Any]:
    test = trial.against_cpu
    if test is None:
        return {}
    return {
        "cpu_deviation": test.deviation,
        "cpu_tolerance": test.tolerance,
        "smallest_step": test.smallest_step,
    }

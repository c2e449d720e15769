"""What was opened and how, as plain data for results."""

from __future__ import annotations

from typing import Any

from attrs import asdict

from rmqm_onnx.choices.choosing import Choices
from rmqm_onnx.reading.model_description import describe_model
from rmqm_onnx.reading.model_file import ModelFile
from rmqm_onnx.running.runtime import import_runtime, installed_builds
from rmqm_onnx.running.trial_run import TrialRun
from rmqm_spec.contracts.backend import OpenOptions

__all__ = ["describe"]


def describe(
    file: ModelFile, choices: Choices, trial: TrialRun, options: OpenOptions, threads: int
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
        "runtime": _describe_runtime(trial, options, threads),
    }


def _describe_runtime(trial: TrialRun, options: OpenOptions, threads: int) -> dict[str, Any]:
    encoder = trial.encoder
    return {
        "builds": installed_builds(),
        "version": import_runtime().__version__,
        "provider": options.provider,
        "providers": encoder.session.get_providers(),
        "threads_per_operator": threads,
        "callers": encoder.traits.concurrency,
        "batch_size": encoder.traits.batch_size,
        "rows_per_call": encoder.rows,
        "one_at_a_time": encoder.one_at_a_time,
    }

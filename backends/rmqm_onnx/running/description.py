"""What was opened and how, as plain data for results."""

from __future__ import annotations

from typing import Any

from attrs import asdict

from rmqm_onnx.reading.model_description import describe_model
from rmqm_onnx.reading.model_file import ModelFile
from rmqm_onnx.reading.signature import TensorInfo
from rmqm_onnx.running.runtime import import_runtime, installed_builds
from rmqm_onnx.running.trial_run import Probed
from rmqm_spec.contracts.backend import OpenOptions

__all__ = ["describe"]


def describe(
    file: ModelFile,
    chosen: TensorInfo,
    why: str,
    probed: Probed,
    options: OpenOptions,
    threads: int,
) -> dict[str, Any]:
    """Return everything that a result tells about its encoder."""
    layout = probed.encoder.arrangement.layout
    preprocessing = probed.encoder.arrangement.preprocessing
    return {
        "model": describe_model(file),
        "input": {
            **asdict(chosen),
            "why": why,
            "layout": layout.layout,
            "feeds": dict(options.feeds),
        },
        "output": {
            "name": probed.encoder.output,
            "shape": list(probed.output_shape),
            "type": probed.output_type,
            "pooling": probed.encoder.pooling,
        },
        "preprocessing": preprocessing.to_dict(),
        "geometry": {
            "shape": list(layout.spec.shape),
            "type": "float32",
            "resize": preprocessing.resize,
            "crop": preprocessing.crop,
            "interpolation": preprocessing.interpolation,
        },
        "runtime": _describe_runtime(probed, options, threads),
    }


def _describe_runtime(probed: Probed, options: OpenOptions, threads: int) -> dict[str, Any]:
    encoder = probed.encoder
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

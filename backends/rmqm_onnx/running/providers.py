"""Execution providers: what each is called, where it comes from, and how it keeps float32."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from attrs import field, frozen

__all__ = ["CPU", "PROVIDERS", "Provider"]

_GPU_BUILD = (
    "install the GPU build (pip uninstall -y onnxruntime, then pip install 'rmqm-spec[gpu]') and "
    "a driver that fits"
)


@frozen(kw_only=True)
class Provider:
    """
    What the runtime can run a model on.

    Parameters
    ----------
    name : str
        Short name, as ``--provider`` takes it.
    ep : str
        The runtime's own name.
    plugins : tuple of (str, str)
        Wheels that bring it to a runtime that was built without it: distribution, and the module
        whose ``get_library_path()`` names the library. They are tried in this order.
    options : mapping of str to str
        Our options: they ask for float32, and for the same arithmetic in every run.
    plugin_options : mapping of str to str
        The same for a plugin, whose device is chosen by the runtime's list.
    threads_option : str, optional
        The option that sets its threads, where it runs on the processor with threads of its own.
    on_processor : bool
        Whether it shares the processor's caches and memory, which want small batches.
    shapes_cost : bool
        Whether a batch of a new size costs a search, a compilation or an engine.
    then : tuple of str
        Providers that are offered what this one leaves, before the CPU is.
    tensors : {"cpu", "cuda"}
        Where tensors stay between two passes of a gradient.
    install : str
        What to do where it does not open.
    """

    name: str
    ep: str
    plugins: tuple[tuple[str, str], ...] = ()
    options: Mapping[str, str] = field(factory=dict)
    plugin_options: Mapping[str, str] = field(factory=dict)
    threads_option: str | None = None
    on_processor: bool = False
    shapes_cost: bool = True
    then: tuple[str, ...] = ()
    tensors: str = "cpu"
    install: str = "install a build or a plugin of ONNX Runtime that has it"

    @property
    def is_cpu(self) -> bool:
        """Whether it is the runtime's own provider for the processor: the reference."""
        return self.ep == CPU.ep


CPU = Provider(
    name="cpu",
    ep="CPUExecutionProvider",
    on_processor=True,
    shapes_cost=False,
    install="reinstall: pip install 'rmqm-spec[cpu]'",
)

_TABLE = (
    CPU,
    Provider(
        name="cuda",
        ep="CUDAExecutionProvider",
        plugins=(
            ("onnxruntime-ep-cuda13", "onnxruntime_ep_cuda13"),
            ("onnxruntime-ep-cuda12", "onnxruntime_ep_cuda12"),
        ),
        # TF32 keeps 10 bits of mantissa: movements below 1e-3 would drown in rounding. The
        # exhaustive search of cuDNN picks another algorithm, and other digits, from run to run.
        options={"use_tf32": "0", "cudnn_conv_algo_search": "HEURISTIC"},
        plugin_options={"use_tf32": "0", "cudnn_conv_algo_search": "HEURISTIC"},
        tensors="cuda",
        install=_GPU_BUILD,
    ),
    Provider(
        name="tensorrt",
        ep="TensorrtExecutionProvider",
        options={"trt_fp16_enable": "0", "trt_int8_enable": "0"},
        then=("cuda",),
        tensors="cuda",
        install=_GPU_BUILD,
    ),
    Provider(
        name="tensorrt-rtx",
        ep="NvTensorRTRTXExecutionProvider",
        plugins=(
            ("onnxruntime-ep-nv-tensorrt-rtx-cu13", "onnxruntime_ep_nv_tensorrt_rtx"),
            ("onnxruntime-ep-nv-tensorrt-rtx-cu12", "onnxruntime_ep_nv_tensorrt_rtx"),
        ),
        install="pip install onnxruntime-ep-nv-tensorrt-rtx beside onnxruntime (not beside "
        "onnxruntime-gpu)",
    ),
    Provider(
        name="openvino",
        ep="OpenVINOExecutionProvider",
        plugins=(("onnxruntime-ep-openvino", "onnxruntime_ep_openvino"),),
        # ACCURACY computes in the model's own type on every device; otherwise GPUs and newer
        # processors drop to 16 bits. By itself it takes all the processors of the machine.
        options={"device_type": "CPU", "precision": "ACCURACY"},
        threads_option="num_of_threads",
        on_processor=True,
        install="install its build (pip uninstall -y onnxruntime, then pip install "
        "onnxruntime-openvino)",
    ),
    Provider(
        name="coreml",
        ep="CoreMLExecutionProvider",
        # The Neural Engine computes in float16: it is left out.
        options={"ModelFormat": "MLProgram", "MLComputeUnits": "CPUAndGPU"},
        install="use a Mac, whose build of onnxruntime has it",
    ),
    Provider(
        name="webgpu",
        ep="WebGpuExecutionProvider",
        plugins=(("onnxruntime-ep-webgpu", "onnxruntime_ep_webgpu"),),
        install="pip install onnxruntime-ep-webgpu beside onnxruntime, and libvulkan1 on Linux",
    ),
    Provider(
        name="directml",
        ep="DmlExecutionProvider",
        install="install its build on Windows (pip uninstall -y onnxruntime, then pip install "
        "onnxruntime-directml)",
    ),
    Provider(
        name="migraphx",
        ep="MIGraphXExecutionProvider",
        options={"migraphx_fp16_enable": "0", "migraphx_int8_enable": "0"},
        install="install its build (pip uninstall -y onnxruntime, then pip install "
        "onnxruntime-migraphx)",
    ),
    Provider(
        name="qnn",
        ep="QNNExecutionProvider",
        plugins=(("onnxruntime-qnn", "onnxruntime_qnn"),),
        options={"enable_htp_fp16_precision": "0"},
        plugin_options={"enable_htp_fp16_precision": "0"},
        install="pip install onnxruntime-qnn beside onnxruntime",
    ),
)

PROVIDERS: Mapping[str, Provider] = MappingProxyType({entry.name: entry for entry in _TABLE})
"""Providers by short name."""

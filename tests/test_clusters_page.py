"""The recipes of docs/clusters.md do what the page says."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import sys
import threading
import types
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

import rmqm_spec
from rmqm_spec.contracts.listener import Listener

onnxruntime = pytest.importorskip("onnxruntime")

ROOT = Path(__file__).parents[1]
MODEL = ROOT / "examples/digits_ntxent.onnx"
PAGE = (ROOT / "docs/clusters.md").read_text(encoding="utf-8")


def recipe(name):
    pattern = rf"<!-- recipe: {name} -->\n```python\n(.*?)^```"
    (block,) = re.findall(pattern, PAGE, re.DOTALL | re.MULTILINE)
    module = types.ModuleType(f"recipe_{name}")
    exec(compile(block, f"docs/clusters.md ({name})", "exec"), module.__dict__)
    return module


class KServe(BaseHTTPRequestHandler):
    """A server of the KServe protocol, version 2, with binary data, for one model."""

    session = None

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        size = int(self.headers["Inference-Header-Content-Length"])
        asked = json.loads(body[:size])
        (given,), (wanted,) = asked["inputs"], asked["outputs"]
        assert self.path == "/v2/models/encoder/infer"
        assert given["parameters"]["binary_data_size"] == len(body) - size
        values = np.frombuffer(body[size:], dtype="<f4").reshape(given["shape"])
        (output,) = self.session.run([wanted["name"]], {given["name"]: values})
        described = {"name": wanted["name"], "datatype": "FP32", "shape": output.shape}
        described["parameters"] = {"binary_data_size": output.nbytes}
        header = json.dumps({"model_name": "encoder", "outputs": [described]}).encode()
        self.send_response(200)
        self.send_header("Inference-Header-Content-Length", str(len(header)))
        self.send_header("Content-Length", str(len(header) + output.nbytes))
        self.end_headers()
        self.wfile.write(header + output.tobytes())

    def log_message(self, *_):
        pass


def test_a_server_of_encodings_gives_the_bits_of_its_model():
    session = onnxruntime.InferenceSession(MODEL, providers=["CPUExecutionProvider"])
    (given,), wanted = session.get_inputs(), session.get_outputs()[0]
    KServe.session = session
    shape = [side if isinstance(side, int) else 1 for side in given.shape[1:]]
    images = np.random.default_rng(0).random((6, *shape), dtype=np.float32)
    server = ThreadingHTTPServer(("127.0.0.1", 0), KServe)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        url = f"http://127.0.0.1:{server.server_port}/v2/models/encoder/infer"
        encoder = recipe("http").HttpEncoder(url, given.name, wanted.name)
        there = rmqm_spec.evaluate(encoder, images, workers=4)
    finally:
        server.shutdown()
        server.server_close()
    here = rmqm_spec.evaluate(lambda x: session.run([wanted.name], {given.name: x})[0], images)
    assert there.status == "ok"
    assert there.displacements.tobytes() == here.displacements.tobytes()


@pytest.mark.skipif(
    importlib.util.find_spec("pyspark") is None or shutil.which("java") is None,
    reason="needs PySpark and Java",
)
@pytest.mark.filterwarnings("default")
def test_spark_is_an_executor(tmp_path, monkeypatch):
    from pyspark.sql import SparkSession

    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    options = {"n": 100, "levels": 9, "null": False, "listener": Listener()}
    here = rmqm_spec.score(MODEL, out=tmp_path / "here", **options)
    spark = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    session = spark.getOrCreate()
    try:
        executor = recipe("spark").SparkExecutor(session, workers=2)
        there = rmqm_spec.score(MODEL, out=tmp_path / "there", executor=executor, **options)
    finally:
        session.stop()
    assert there.stored.document["result_sha256"] == here.stored.document["result_sha256"]


def test_the_job_for_kubernetes_is_one(tmp_path):
    yaml = pytest.importorskip("yaml")
    (block,) = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    job = yaml.safe_load(block)
    assert job["kind"] == "RayJob"
    cluster = job["spec"]["rayClusterSpec"]
    assert cluster["workerGroupSpecs"][0]["template"] == cluster["headGroupSpec"]["template"]

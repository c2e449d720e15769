"""Every export recipe whose framework is installed runs, and gives an encoder that passes check."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

pytest.importorskip("onnxruntime")

FOLDER = Path(__file__).parents[1] / "examples/export"
RECIPES = [
    ("pytorch.py", ["torch", "onnxscript"], []),
    ("pytorch.py", ["torch", "onnxscript"], ["--exporter", "legacy"]),
    ("timm_backbone.py", ["timm", "torchvision", "onnxscript"], []),
    ("torchvision_backbone.py", ["torchvision", "onnxscript"], []),
    ("transformers_vision.py", ["transformers", "torchvision", "onnxscript"], []),
    ("scikit_learn.py", ["skl2onnx"], []),
    ("keras_encoder.py", ["keras", "tensorflow", "tf2onnx"], []),
    ("keras_encoder.py", ["keras", "tensorflow", "tf2onnx"], ["--exporter", "tf2onnx"]),
    ("jax_flax.py", ["jax", "flax", "jax2onnx"], []),
    ("paddle_encoder.py", ["paddle", "paddle2onnx"], []),
]
PARAMETERS = [
    pytest.param(
        script,
        options,
        id=" ".join([script, *options]),
        marks=[
            pytest.mark.skipif(
                any(find_spec(name) is None for name in needed),
                reason=f"needs {', '.join(needed)}",
            ),
            *([pytest.mark.torch] if needed[0] == "torch" else []),
        ],
    )
    for script, needed, options in RECIPES
]


_SOUND = ("PRE001", "OUT001", "BAT001", "DET001", "REF002")


@pytest.mark.parametrize(("script", "options"), PARAMETERS)
def test_a_recipe_gives_a_sound_encoder(rmqm, tmp_path, script, options):
    done = rmqm.python(FOLDER / script, "--out", "model.onnx", *options, cwd=tmp_path)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "differ by at most" in done.stdout
    reference = ("--reference", "model.ref.npz")
    checked = rmqm("check", "model.onnx", "--n", 4, *reference, "--json", cwd=tmp_path)
    document = checked.document
    level = {one["code"]: one["level"] for one in document["findings"]}
    assert document["ok"], checked.stderr
    assert [level[code] for code in _SOUND] == ["ok"] * len(_SOUND)


def test_every_recipe_is_tried():
    assert {path.name for path in FOLDER.glob("*.py")} == {
        *(script for script, *_ in RECIPES),
        "finish.py",
    }

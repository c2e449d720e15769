"""``hf://OWNER/NAME`` from a cache of the Hub, without a network."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("huggingface_hub")
onnx = pytest.importorskip("onnx")

MODEL = Path(__file__).parents[2] / "examples/digits_ntxent.onnx"
RUN = ("--n", 8, "--no-null")
SETTINGS = {"do_rescale": True, "do_normalize": True, "image_mean": [0.25], "image_std": [0.5]}


def publish(home, repository, files):
    """Lay a repository out as the Hub's cache does: links from a snapshot to blobs."""
    folder = home / "hub" / f"models--{repository.replace('/', '--')}"
    for name in ("refs", "blobs"):
        (folder / name).mkdir(parents=True)
    (folder / "refs/main").write_text("0123abcd", encoding="utf-8")
    for number, (name, content) in enumerate(files.items()):
        place = folder / "snapshots/0123abcd" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        (folder / f"blobs/{number}").write_bytes(content)
        up = "../" * (2 + name.count("/"))
        place.symlink_to(f"{up}blobs/{number}")


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    home = tmp_path_factory.mktemp("hub")
    plain = onnx.load(MODEL)
    del plain.metadata_props[:]
    config = json.dumps(SETTINGS).encode()
    files = {"preprocessor_config.json": config, "onnx/model.onnx": plain.SerializeToString()}
    publish(home, "acme/digits", files | {"onnx/model_q8.onnx": plain.SerializeToString()})
    onnx.save(plain, home / "big.onnx", save_as_external_data=True, location="model.onnx_data",
              size_threshold=100)  # fmt: skip
    publish(home, "acme/big", {
        "onnx/model.onnx": (home / "big.onnx").read_bytes(),
        "onnx/model.onnx_data": (home / "model.onnx_data").read_bytes(),
    })  # fmt: skip
    publish(home, "acme/nothing", {"config.json": b"{}"})
    return {"HF_HOME": str(home), "HF_HUB_OFFLINE": "1", "HF_HUB_CACHE": str(home / "hub")}


@pytest.mark.parametrize("model", ["hf://acme/digits", "hf://acme/digits/onnx/model_q8.onnx"])
def test_the_settings_of_the_snapshot_apply(rmqm, cache, tmp_path, model):
    done = rmqm("inspect", model, "--json", cwd=tmp_path, env=cache)
    assert done.returncode == 0, done.stderr
    preprocessing = done.document["preprocessing"]
    assert preprocessing["mean"] == [0.25]
    assert preprocessing["std"] == [0.5]


def test_a_model_keeps_its_name(rmqm, cache, tmp_path):
    done = rmqm("score", "hf://acme/digits", *RUN, "--json", cwd=tmp_path, env=cache)
    assert done.returncode == 0, done.stderr
    assert done.document["given_name"] == "acme/digits"
    assert len(list(tmp_path.glob("rmqm-results/acme-digits-*/result.json"))) == 1


@pytest.mark.parametrize("slashes", ["hf://", "hf:/"])
def test_rankings_tables_and_requests(rmqm, cache, tmp_path, slashes):
    model = f"{slashes}acme/digits"
    (tmp_path / "models.toml").write_text(f'[mine]\npath = "{model}"\nscale = 2\n')
    (tmp_path / "run.toml").write_text(f'model = "{model}"\nn = 8\nnull = false\n')
    run = ("--models", "models.toml", *RUN, "--json")
    done = rmqm("rank", model, MODEL, *run, cwd=tmp_path, env=cache)
    assert done.returncode == 0, done.stderr
    names = {row["name"] for row in done.document["ranked"]}
    assert names == {"acme/digits", "digits_ntxent", "mine"}
    assert rmqm("score", "run.toml", cwd=tmp_path, env=cache).returncode == 0


def test_external_data_lies_behind_links(rmqm, cache, tmp_path):
    done = rmqm("score", "hf://acme/big", *RUN, "--json", cwd=tmp_path, env=cache)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("model", "returncode", "code"),
    [
        ("hf://acme/unknown", 4, "HUB002"),
        ("hf://acme/nothing", 3, "HUB001"),
        ("hf://acme/digits/other.onnx", 3, "HUB001"),
        ("hf://acme/di gits", 3, "HUB001"),
        ("hf://acme", 2, "ARG001"),
        ("hf://acme/digits/../x.onnx", 2, "ARG001"),
    ],
)
@pytest.mark.parametrize("command", ["check", "rank"])
def test_refusals(rmqm, cache, tmp_path, command, model, returncode, code):
    done = rmqm(command, model, cwd=tmp_path, env=cache)
    assert (done.returncode, done.stdout) == (returncode, "")
    assert code in done.stderr


def test_without_the_extra(rmqm, cache, tmp_path):
    before = "import sys; sys.modules['huggingface_hub'] = None"
    done = rmqm("check", "hf://acme/digits", cwd=tmp_path, env=cache, before=before)
    assert done.returncode == 4
    assert "ENV012" in done.stderr
    assert "pip install 'rmqm-spec[hub]'" in done.stderr


def test_an_unknown_repository_and_a_broken_network(monkeypatch):
    import huggingface_hub
    from huggingface_hub import errors

    from rmqm_spec.errors import UnavailableError, UnreadableError
    from rmqm_spec.runs.hub import hub_model

    unknown = errors.RepositoryNotFoundError.__new__(errors.RepositoryNotFoundError)
    Exception.__init__(unknown, "404 Client Error")
    for error, kind, code in (
        (unknown, UnreadableError, "HUB001"),
        (ConnectionError("no route to host"), UnavailableError, "HUB002"),
    ):

        def fail(*_, error=error, **__):
            raise error

        monkeypatch.setattr(huggingface_hub, "snapshot_download", fail)
        with pytest.raises(kind) as caught:
            hub_model("hf://acme/digits")
        assert caught.value.code == code

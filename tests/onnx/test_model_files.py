"""The model on disk: files, folders, external data, and what is no model at all."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest

pytest.importorskip("onnxruntime")

from rmqm_onnx.reading.model_file import read_model
from rmqm_spec.errors import SubjectError, UnreadableError


def with_external_data(made, folder, data="model.onnx.data", name="model.onnx"):
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save_model(
        made, folder / name, save_as_external_data=True, location=data, size_threshold=0
    )
    return folder / name


def pointed(path, **entries):
    """Change what a model says of its external data."""
    made = onnx.load(path, load_external_data=False)
    for entry in made.graph.initializer[0].external_data:
        entry.value = entries.get(entry.key, entry.value)
    path.write_bytes(made.SerializeToString())
    return path


@pytest.mark.parametrize("name", ["model.onnx", "onnx/model.onnx", "net.onnx", "onnx/net.onnx"])
def test_a_folder_with_one_model_is_that_model(opened, saved, make, tmp_path, name):
    saved(make.dense(), name)
    assert opened(tmp_path).description["model"]["name"] == Path(name).name


def test_a_folder_with_several_models_takes_the_usual_one(opened, saved, make, tmp_path):
    saved(make.dense(), "a.onnx")
    saved(make.dense(), "onnx/model.onnx")
    assert opened(tmp_path).description["model"]["name"] == "model.onnx"


@pytest.mark.parametrize(
    ("names", "listed"), [([], "no .onnx file"), (["a.onnx", "b.onnx"], "a.onnx, b.onnx")]
)
def test_a_folder_without_a_usual_model_is_refused(refused, saved, make, tmp_path, names, listed):
    for name in names:
        saved(make.dense(), name)
    error = refused(tmp_path)
    assert (type(error), error.code, error.message) == (
        UnreadableError,
        "MOD002",
        f"a model folder must hold model.onnx or onnx/model.onnx; got {listed} in {tmp_path}",
    )


def test_a_path_that_leads_nowhere_is_refused(refused, tmp_path):
    error = refused(tmp_path / "gone.onnx")
    assert (error.code, error.message) == (
        "MOD002",
        f"model must be an existing file or folder; got {tmp_path / 'gone.onnx'}",
    )


@pytest.mark.parametrize(
    ("content", "got"),
    [
        (b"", "0 bytes that begin with b''"),
        (b"a text file\n", "12 bytes that begin with b'a text file\\n'"),
        (b"\x89PNG\r\n", "6 bytes that begin with b'\\x89PNG\\r\\n'"),
        (b"PK\x03\x04" + bytes(60), "64 bytes that begin with b'PK\\x03\\x04"),
    ],
)
def test_a_file_that_is_no_model_is_refused(refused, saved, content, got):
    error = refused(saved(content))
    assert (type(error), error.code) == (UnreadableError, "MOD002")
    assert f" must be an ONNX model; got {got}" in error.message


def test_a_pointer_of_git_lfs_is_recognised(refused, saved):
    error = refused(saved(b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"))
    assert (error.code, error.fix) == (
        "MOD002",
        "This is a Git LFS pointer: fetch the real file with git lfs pull.",
    )


@pytest.mark.parametrize("share", [0.01, 0.3, 0.9])
def test_a_truncated_model_is_refused(refused, saved, make, share):
    content = make.dense().SerializeToString()
    assert refused(saved(content[: int(share * len(content))])).code == "MOD002"


def test_an_operator_of_somebodys_own_is_refused_by_its_name(refused, make):
    nodes = [make.node("Sparkle", "x", "y", domain="com.acme")]
    inputs, outputs = [make.value("x", ("N", 4))], [make.value("y", ("N", 4))]
    error = refused(make.model(nodes, inputs, outputs, domains=["com.acme"]))
    assert (type(error), error.code) == (SubjectError, "MOD004")
    assert "com.acme:Sparkle" in error.message


@pytest.mark.parametrize("opset", [1, 99])
def test_versions_that_the_runtime_does_not_know_are_refused(refused, make, opset):
    made = make.dense()
    made.graph.node[1].CopyFrom(make.node("Add", "f f", "y"))
    made.opset_import[0].version = opset
    error = refused(made)
    assert (type(error), error.exit_code) == (SubjectError, 1)
    assert error.code in {"MOD003", "MOD004"}


@pytest.mark.parametrize("output", ["y", "f"])
@pytest.mark.parametrize("data", ["weights.bin", "sub/weights.bin", "./weights.bin"])
def test_external_data_beside_the_model_is_found(opened, make, images, tmp_path, data, output):
    (tmp_path / "sub").mkdir()
    encoder = opened(with_external_data(make.dense(), tmp_path, data), output=output)
    assert np.isfinite(encoder.encode(images(encoder))).all()


def test_external_data_is_found_from_a_relative_path(opened, make, tmp_path, monkeypatch):
    with_external_data(make.dense(), tmp_path / "net")
    monkeypatch.chdir(tmp_path)
    relative = opened(Path("net")).description["model"]
    monkeypatch.chdir(tmp_path / "net")
    assert opened(Path("model.onnx")).description["model"] == relative


@pytest.mark.parametrize("location", ["../secret", "/etc/hostname", "", "sub/../../secret"])
def test_external_data_elsewhere_is_refused(refused, make, tmp_path, location):
    (tmp_path / "secret").write_bytes(bytes(999_999))
    path = pointed(with_external_data(make.dense(), tmp_path / "net"), location=location)
    error = refused(path)
    assert (type(error), error.code, error.message) == (
        UnreadableError,
        "MOD006",
        f"external data of tensor 'w' must lie in the model's folder; got {location!r}",
    )


def test_external_data_must_not_be_a_link_to_elsewhere(refused, make, tmp_path):
    path = with_external_data(make.dense(), tmp_path / "net")
    shutil.move(path.with_suffix(".onnx.data"), tmp_path / "secret")
    path.with_suffix(".onnx.data").symlink_to(tmp_path / "secret")
    assert refused(path).code == "MOD006"


def test_a_snapshot_of_the_hub_may_link_model_and_data_to_one_folder(opened, make, tmp_path):
    path = with_external_data(make.dense(), tmp_path / "plain")
    blobs, snapshot = tmp_path / "blobs", tmp_path / "snapshots" / "main" / "onnx"
    blobs.mkdir()
    snapshot.mkdir(parents=True)
    for k, source in enumerate((path, path.with_suffix(".onnx.data"))):
        shutil.copy(source, blobs / str(k))
        (snapshot / source.name).symlink_to(f"../../../blobs/{k}")
    linked = opened(snapshot.parent).description["model"]
    assert linked == opened(path).description["model"]


def test_missing_external_data_is_named(refused, make, tmp_path):
    path = with_external_data(make.dense(), tmp_path)
    path.with_suffix(".onnx.data").unlink()
    error = refused(path)
    assert (type(error), error.code, error.message, error.fix) == (
        UnreadableError,
        "MOD005",
        "external data file model.onnx.data must exist beside model.onnx; got no such file",
        f"Put model.onnx.data into {tmp_path}: the weights are in it.",
    )


def test_external_data_that_is_too_short_is_named(refused, make, tmp_path):
    path = with_external_data(make.dense(), tmp_path)
    path.with_suffix(".onnx.data").write_bytes(bytes(100))
    assert refused(path).message == (
        "external data file model.onnx.data must exist beside model.onnx with at least 960 bytes; "
        "got 100"
    )


@pytest.mark.parametrize("offset", ["-8", "many", "", "1e3"])
def test_an_offset_that_is_no_whole_number_is_refused(refused, make, tmp_path, offset):
    path = pointed(with_external_data(make.dense(), tmp_path), offset=offset)
    error = refused(path)
    assert (error.code, error.message) == (
        "MOD005",
        (
            "offset of the external data of tensor 'w' must be a whole number of bytes in plain "
            f"digits; got {offset!r} in model.onnx"
        ),
    )


def test_external_data_of_a_constant_inside_a_subgraph_is_checked_too(make, tmp_path):
    hidden = make.random("c", 4)
    hidden.ClearField("raw_data")
    hidden.data_location = onnx.TensorProto.EXTERNAL
    hidden.external_data.add(key="location", value="../secret")
    branch = onnx.helper.make_graph([make.node("Constant", "", "b", value=hidden)], "g", [], [])
    made = make.model([make.node("If", "x", "y", then_branch=branch)], [], [make.value("y", None)])
    (tmp_path / "model.onnx").write_bytes(made.SerializeToString())
    with pytest.raises(UnreadableError) as caught:
        read_model(tmp_path)
    assert caught.value.code == "MOD006"


def test_a_model_is_named_by_the_bytes_of_its_file(saved, make):
    path = saved(make.dense())
    assert read_model(path).sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_name_of_a_model_changes_with_its_external_data(make, tmp_path):
    path = with_external_data(make.dense(), tmp_path)
    before = read_model(path).sha256
    path.with_suffix(".onnx.data").write_bytes(bytes(960))
    assert read_model(path).sha256 != before


def test_the_size_of_a_model_counts_its_external_data(opened, make, tmp_path):
    path = with_external_data(make.dense(), tmp_path)
    assert opened(path).description["model"]["bytes"] == path.stat().st_size + 960


def test_an_unreadable_file_is_refused(refused, saved, make, monkeypatch):
    def fail(path):
        raise PermissionError(13, "Permission denied")

    path = saved(make.dense())
    monkeypatch.setattr(Path, "read_bytes", fail)
    error = refused(path)
    assert (error.code, error.fix) == ("MOD002", "Check the permissions.")


def test_a_text_that_is_not_utf8_is_named(refused, saved, make):
    path = saved(make.dense())
    content = path.read_bytes()
    place = content.index(b"MatMul")
    path.write_bytes(content[:place] + b"\xff\xfe" + content[place + 2 :])
    error = refused(path)
    got = "got b'\\xff\\xfetMul' as the op_type of a NodeProto"
    assert (error.code, error.message) == (
        "MOD011",
        f"every text in {path.name} must be UTF-8; {got}",
    )


@pytest.mark.parametrize("change", [-4, 4])
def test_a_stored_tensor_of_another_size_than_its_shape_is_named(refused, saved, make, change):
    made = make.dense()
    tensor = next(one for one in made.graph.initializer if one.raw_data)
    tensor.raw_data = (tensor.raw_data + b"\0" * 4)[: len(tensor.raw_data) + change]
    error = refused(saved(made))
    assert error.code == "MOD011"
    assert tensor.name in error.message
    assert f"got {len(tensor.raw_data)}" in error.message


def test_a_stored_tensor_without_any_bytes_is_named(refused, saved, make):
    made = make.dense()
    made.graph.initializer[0].ClearField("raw_data")
    made.graph.initializer[0].ClearField("float_data")
    assert refused(saved(made)).message.endswith("got 0")


@pytest.mark.parametrize("path", ["-", "/dev/null", "/dev/fd/63"])
def test_a_stream_is_no_model_and_the_advice_is_to_save_it(path):
    from rmqm_onnx.reading.places import locate_model

    with pytest.raises(UnreadableError) as caught:
        locate_model(Path(path))
    assert caught.value.code == "MOD002"
    assert "save it as a file that ends in .onnx" in caught.value.fix


def test_a_mistyped_model_gets_the_name_that_may_have_been_meant(tmp_path):
    from rmqm_onnx.reading.places import locate_model

    (tmp_path / "resnet50.onnx").write_bytes(b"x")
    with pytest.raises(UnreadableError) as caught:
        locate_model(tmp_path / "resnet5O.onx")
    assert caught.value.fix == f"Did you mean {tmp_path / 'resnet50.onnx'}?"

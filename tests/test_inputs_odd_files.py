"""Odd members of archives of arrays, other compressions and pipes are refused by code."""

from __future__ import annotations

import io
import os
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest

from rmqm_spec.contracts.inputs import InputSpec
from rmqm_spec.errors import RmqmError
from rmqm_spec.inputs.opening import open_source

SPEC = InputSpec(kind="image", shape=(3, 4, 4))
IMAGES = np.arange(96, dtype=np.uint8).reshape(2, 4, 4, 3)


def npy(values: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.lib.format.write_array(stream, values)
    return stream.getvalue()


def write(path: Path, *members: tuple[str, bytes], packed: int = zipfile.ZIP_STORED) -> str:
    with zipfile.ZipFile(path, "w", packed) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return str(path)


def refused(data: str) -> RmqmError:
    with pytest.raises(RmqmError) as caught:
        open_source(data, SPEC)
    return caught.value


@pytest.mark.parametrize(
    "member",
    [
        ("notes.txt", b"hello"),
        ("y.npy", b"no array"),
        ("y.npy", npy(np.array([{}], dtype=object))),
        ("y.npy", npy(np.array(["\u00e9"]))),
        ("y.npy", npy(np.zeros(3, "M8[s]"))),
        ("y.npy/", b""),
        ("d/", b""),
    ],
)
def test_odd_members_do_no_harm_to_the_images(tmp_path, member) -> None:
    path = write(tmp_path / "a.npz", ("x.npy", npy(IMAGES)), member)
    assert len(open_source(path, SPEC)) == 2
    assert len(open_source(f"{path}:x", SPEC)) == 2


@pytest.mark.parametrize("packed", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_the_compressions_of_python_are_read(tmp_path, packed) -> None:
    path = write(tmp_path / "a.npz", ("x.npy", npy(IMAGES)), packed=packed)
    assert np.array_equal(open_source(path, SPEC).read(1), IMAGES[1])


@pytest.mark.parametrize(("method", "flag"), [(9, 0), (93, 0), (99, 1), (0, 1)])
def test_other_compressions_and_passwords_are_named(tmp_path, method, flag) -> None:
    path = write(tmp_path / "a.npz", ("x.npy", npy(IMAGES)))
    data = bytearray(Path(path).read_bytes())
    entry = data.find(b"PK\x01\x02")
    data[entry + 8] |= flag
    data[entry + 10 : entry + 12] = struct.pack("<H", method)
    Path(path).write_bytes(data)
    error = refused(path)
    assert error.code == "DAT005"
    assert ("a password" if flag else f"the compression method {method}") in error.message


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_arrays_of_one_name_are_refused(tmp_path) -> None:
    path = write(tmp_path / "a.npz", ("x.npy", npy(IMAGES)), ("x.npy", npy(IMAGES[:1])))
    assert refused(path).code == "DAT005"


def test_an_archive_without_arrays_says_how_to_write_one(tmp_path) -> None:
    error = refused(write(tmp_path / "a.npz", ("x", npy(IMAGES))))
    assert error.code == "DAT006"
    assert "numpy.savez" in error.fix
    error = refused(write(tmp_path / "b.npz", ("x.npy", npy(IMAGES[0])), ("y.npy", npy(IMAGES[0]))))
    assert (error.code, error.fix) == (
        "DAT006",
        "Give an array of images of shape (3, 4, 4), one a row.",
    )


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize("name", ["a.csv", "a.npz", "a.npy", "a.parquet", "a.tar", "a.png", "a"])
def test_a_pipe_is_refused_at_once(tmp_path, name) -> None:
    os.mkfifo(tmp_path / name)
    error = refused(str(tmp_path / name))
    assert error.code == "DAT001"
    assert "a pipe" in error.message

"""Data files and documents to begin with, and broken relatives of them."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from fuzz_models import NUMBERS, TEXTS, broken_bytes
from PIL import Image


def write_data(folder: Path) -> list[Path]:
    """Write sound data files of several kinds into a folder."""
    values = np.random.default_rng(0).random((6, 1, 8, 8), dtype=np.float32)
    np.save(folder / "a.npy", values)
    np.savez(folder / "b.npz", x=values, y=np.arange(6))
    np.savez_compressed(folder / "c.npz", x=values)
    names = []
    for kind in ("png", "jpg", "bmp", "gif"):
        picture = Image.fromarray((values[0, 0] * 255).astype(np.uint8))
        picture.save(folder / f"p.{kind}")
        names.append(f"p.{kind}")
    (folder / "d.csv").write_text("path,label\n" + "".join(f"{name},1\n" for name in names))
    return sorted(folder.iterdir())


def broken_data(sound: list[Path], random: Random, folder: Path) -> Path:
    """Write a broken relative of a data file; pictures come as a folder of two."""
    chosen = random.choice(sound)
    for path in sound:
        if path.suffix not in {".npz", ".npy"}:
            shutil.copy(path, folder)
    target = folder / chosen.name
    if chosen.suffix == ".npz" and random.random() < 0.6:
        _broken_archive(chosen, random, target)
    elif chosen.suffix == ".npy" and random.random() < 0.5:
        np.save(target, _odd_array(random), allow_pickle=True)
    else:
        target.write_bytes(broken_bytes(chosen.read_bytes(), random))
    return target if chosen.suffix in {".npz", ".npy", ".csv"} else folder


def _odd_array(random: Random) -> Any:
    shapes = (
        (),
        (0,),
        (3,),
        (6, 1, 8, 8),
        (6, 8, 8),
        (2, 0, 8, 8),
        (1, 3, 4),
        (6, 64),
        (6, 9, 9, 9),
    )
    kinds = ("f4", "f8", "f2", "u1", "i8", "?", "U3", "c8", "O", "M8[s]", ">f4", "V4")
    array = np.zeros(random.choice(shapes), dtype=random.choice(kinds))
    if array.dtype.kind == "f" and array.size:
        array.flat[0] = random.choice((np.nan, np.inf, 1e30, -1.0, 0.5))
    return np.asfortranarray(array) if random.random() < 0.2 else array


def _broken_archive(sound: Path, random: Random, target: Path) -> None:
    """Write an archive with odd members, names, or compressions."""
    kinds = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
    with zipfile.ZipFile(target, "w", random.choice(kinds)) as archive:
        for name in random.sample(("x.npy", "y.npy", "x", "../x.npy", "é.npy", "dir/"), 3):
            content = io.BytesIO()
            np.save(content, _odd_array(random), allow_pickle=True)
            data = content.getvalue()
            archive.writestr(name, broken_bytes(data, random) if random.random() < 0.4 else data)
    if random.random() < 0.3:
        target.write_bytes(broken_bytes(target.read_bytes(), random))


def broken_documents(sound: Path, random: Random, folder: Path) -> list[str]:
    """Copy the folder of results, break a file of it, and return the command that reads it."""
    shutil.copytree(sound, folder, dirs_exist_ok=True)
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".onnx")
    path = random.choice(files)
    if path.suffix == ".json" and random.random() < 0.8:
        path.write_text(json.dumps(_broken_value(json.loads(path.read_text()), random)))
    else:
        path.write_bytes(broken_bytes(path.read_bytes(), random))
    result = path if path.suffix == ".json" else path.parent
    others = [str(other) for other in sorted(folder.glob("*/")) if other != result]
    return random.choice(
        (
            ["validate", str(result)],
            ["validate", str(result), "--json"],
            ["diff", str(result), others[0]],
            ["report", str(result), "--out", str(folder / "page.html")],
            ["correlate", *others, str(result)],
            ["rank", *others, "--out", str(folder / "again"), "--force"],
        )
    )


def _broken_value(value: Any, random: Random) -> Any:
    """Change one value somewhere in a document: its type, its size, or that it is there."""
    places = list(_places(value, ()))
    place = random.choice(places)
    odd = (None, True, [], {}, "", *TEXTS, *NUMBERS, 1e308, -0.0, [[[]]], {"a": {"b": 1}}, 1.5)
    return _with(value, place, random.choice(odd), drop=random.random() < 0.2)


def _places(value: Any, place: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    yield place
    if isinstance(value, dict | list):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _places(part, (*place, key))


def _with(value: Any, place: tuple[Any, ...], new: Any, *, drop: bool) -> Any:
    if not place:
        return new
    key, *rest = place
    copy = dict(value) if isinstance(value, dict) else list(value)
    if not rest and drop:
        del copy[key]
    else:
        copy[key] = _with(value[key], tuple(rest), new, drop=drop)
    return copy

"""The same images in a folder, an archive, a table and a list are the same inputs."""

from __future__ import annotations

import io
import json
import tarfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from rmqm_spec.contracts.inputs import InputSpec
from rmqm_spec.contracts.preprocessing import Preprocessing
from rmqm_spec.errors import RmqmError, UnreadableError
from rmqm_spec.inputs.labels import read_labels
from rmqm_spec.inputs.opening import open_source
from rmqm_spec.inputs.prepared import open_inputs

pa = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")

SPEC = InputSpec(kind="image", shape=(3, 4, 4))
N = 23
CLASSES = ("cat", "dog")


def png(seed):
    stream = io.BytesIO()
    pixels = np.random.default_rng(seed).integers(0, 256, (5, 6, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(stream, "png")
    return stream.getvalue()


IMAGES = [png(seed) for seed in range(N)]
LABELS = [CLASSES[k % 2] for k in range(N)]


def add(tar, name, data=b"", **settings):
    info = tarfile.TarInfo(name)
    info.size = len(data)
    for key, value in settings.items():
        setattr(info, key, value)
    tar.addfile(info, io.BytesIO(data))


def write_tar(path, files):
    with tarfile.open(path, "w") as tar:
        for name, data in files:
            add(tar, name, data)
    return path


def write_parquet(path, images, labels=None, *, rows=4, column="image", **more):
    cells = [one if one is None else {"bytes": one, "path": "x.png"} for one in images]
    columns = {column: pa.array(cells, pa.struct({"bytes": pa.binary(), "path": pa.string()}))}
    schema = None
    if labels is not None:
        columns["label"] = pa.array([None if one is None else CLASSES.index(one) for one in labels])
        schema = {"label": {"_type": "ClassLabel", "names": list(CLASSES)}}
    columns |= more
    table = pa.table(columns)
    if schema is not None:
        told = json.dumps({"info": {"features": schema}})
        table = table.replace_schema_metadata({"huggingface": told})
    parquet.write_table(table, path, row_group_size=rows)
    return path


@pytest.fixture(scope="module")
def kinds(tmp_path_factory):
    """The images in every kind of container; where to find them."""
    top = tmp_path_factory.mktemp("kinds")
    folder = top / "folder"
    for k, (data, label) in enumerate(zip(IMAGES, LABELS, strict=True)):
        (folder / label).mkdir(parents=True, exist_ok=True)
        (folder / label / f"{k}.png").write_bytes(data)
    lines = [f"folder/{one}/{k}.png" for k, one in enumerate(LABELS)]
    rows = [f"{line},{one}" for line, one in zip(lines, LABELS, strict=True)]
    (top / "list.csv").write_text("\n".join(["file,label", *rows]), encoding="utf-8")
    (top / "bare.csv").write_text("\n".join(rows), encoding="utf-8")
    tabbed = [row.replace(",", "\t") for row in rows]
    (top / "list.tsv").write_text("\n".join(["image\tclass", *tabbed]), encoding="utf-8-sig")
    (top / "list.txt").write_text("\n".join(lines) + "\n\n", encoding="utf-8")
    for extension, text in (("cls", str), ("json", lambda one: json.dumps({"label": one}))):
        for part, numbers in enumerate((range(10), range(10, N))):
            files = [(f"{k:04}.png", IMAGES[k]) for k in numbers]
            files += [(f"{k:04}.{extension}", text(LABELS[k]).encode()) for k in numbers]
            write_tar(top / f"{extension}-{part:03}.tar", sorted(files))
    write_tar(top / "folders.tar", [(f"{one}/{k}.PNG", IMAGES[k]) for k, one in enumerate(LABELS)])
    (top / "hub").mkdir()
    for part, numbers in enumerate((slice(0, 9), slice(9, None))):
        name = top / "hub" / f"train-{part:05}-of-00002.parquet"
        write_parquet(name, IMAGES[numbers], LABELS[numbers])
    plain = pa.table({"picture": pa.array(IMAGES, pa.large_binary()), "labels": LABELS})
    parquet.write_table(plain, top / "plain.parquet", compression="gzip")
    return top


KINDS = [
    "folder", "list.csv", "bare.csv", "list.tsv", "cls-{000..001}.tar", "cls-*.tar", "json-*.tar",
    "folders.tar", "hub", "hub/*.parquet", "hub/train-{00000..00001}-of-00002.parquet",
    "plain.parquet", "plain.parquet:picture", "cls-{000,001}.tar:png", "list.csv:file",
]  # fmt: skip


def inputs_of(data, n=None):
    return open_inputs(str(data), SPEC, Preprocessing(), n=n)


def told(inputs):
    return [(inputs.load(k).id, inputs.digest(k), inputs.label(k)) for k in range(len(inputs))]


@pytest.mark.parametrize("n", [None, 7])
@pytest.mark.parametrize("kind", KINDS[1:])
def test_every_kind_gives_the_same_inputs_and_labels_in_the_same_order(kinds, kind, n):
    expected = told(inputs_of(kinds / "folder", n))
    assert len(expected) == (n or N)
    assert told(inputs_of(kinds / kind, n)) == expected


@pytest.mark.parametrize("kind", ["tar", "parquet", "csv"])
def test_another_column_can_be_the_label(tmp_path, kind):
    path = tmp_path / f"a.{kind}"
    if kind == "tar":
        write_tar(path, [("0.png", IMAGES[0]), ("0.cls", b"no"), ("0.txt", b"x"), ("1.png", b"")])
    elif kind == "parquet":
        write_parquet(path, IMAGES[:2], ["cat", None], txt=pa.array(["x", None]))
    else:
        path.write_text("path,label,txt\na.png,no,x\nb.png,no,\n")
        (tmp_path / "a.png").write_bytes(IMAGES[0])
    source = open_source(str(path), SPEC)
    assert source.labels[0] != "x"
    assert read_labels("column:txt", source, SPEC) == ["x", None]
    with pytest.raises(RmqmError) as caught:
        read_labels("column:none", source, SPEC)
    assert caught.value.code == "PRB011"


def test_a_list_without_labels_has_none(kinds):
    inputs = inputs_of(kinds / "list.txt")
    assert inputs.source.labels is None
    assert [one for one, _, _ in told(inputs)] == [
        one for one, _, _ in told(inputs_of(kinds / "folder"))
    ]


@pytest.mark.parametrize("kind", ["hub", "cls-*.tar", "list.csv"])
def test_threads_read_in_any_order_what_one_reads(kinds, kind):
    source = open_source(str(kinds / kind), SPEC)
    order = np.random.default_rng(0).permutation(np.repeat(np.arange(N), 8)).tolist()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(source.encoded, order))
    assert found == [IMAGES[k] for k in order]


def test_only_the_inputs_that_were_chosen_are_kept(kinds):
    inputs = inputs_of(kinds / "hub", n=3)
    told(inputs)
    kept = inputs.source._spool._places
    assert sorted(kept) == sorted(inputs.position(k) for k in range(3))


def test_a_row_group_is_read_once_for_all_its_inputs(kinds, monkeypatch):
    source = open_source(str(kinds / "hub"), SPEC)
    calls = []
    whole = source._group_of
    monkeypatch.setattr(source, "_group_of", lambda index: calls.append(index) or whole(index))
    for index in (1, 3, 0, 2, 1):
        assert source.encoded(index) == IMAGES[index]
    assert calls == [1]


def refused(data):
    with pytest.raises(RmqmError) as caught:
        open_source(str(data), SPEC)
    return caught.value.code, caught.value.message


@pytest.mark.parametrize("kind", ["tar", "parquet", "csv"])
def test_one_bad_image_leaves_the_others(tmp_path, kind):
    images = [IMAGES[0], b"no image", IMAGES[1][:60], b"", IMAGES[2]]
    if kind == "tar":
        path = write_tar(tmp_path / "a.tar", [(f"{k}.png", one) for k, one in enumerate(images)])
    elif kind == "parquet":
        path = write_parquet(tmp_path / "a.parquet", images)
    else:
        path = tmp_path / "a.csv"
        for k, one in enumerate(images):
            (tmp_path / f"{k}.png").write_bytes(one)
        path.write_text("path\n" + "".join(f"{k}.png\n" for k in range(5)))
    source = open_source(str(path), SPEC)
    seen = []
    for k in range(len(source)):
        try:
            seen.append(source.read(k).shape)
        except UnreadableError as error:
            seen.append(error.code)
    assert seen == [(5, 6, 3), "IMG002", "IMG003", "IMG002", (5, 6, 3)]
    assert len(set(source.digests)) == 5


def test_cells_without_bytes_are_named(tmp_path):
    path = write_parquet(tmp_path / "a.parquet", [None, IMAGES[0], None])
    inputs = inputs_of(path)
    assert len(inputs) == 3  # each of them is counted, none is a copy of another
    with pytest.raises(UnreadableError, match=r"a\.parquet\[2\] must hold the bytes") as caught:
        inputs.source.read(2)
    assert caught.value.code == "DAT027"
    assert inputs.source.read(1).shape == (5, 6, 3)


def test_paths_that_lead_nowhere_are_inputs_that_cannot_be_read(tmp_path):
    (tmp_path / "a.png").write_bytes(IMAGES[0])
    (tmp_path / "a.csv").write_text("path\na.png\ngone.png\n../nul\0l.png\n")
    inputs = inputs_of(tmp_path / "a.csv")
    codes = []
    for k in range(len(inputs)):
        try:
            codes.append(inputs.load(k).values.shape)
        except UnreadableError as error:
            codes.append(error.code)
    assert sorted(map(str, codes)) == ["(3, 4, 4)", "IMG001", "IMG001"]


def test_links_devices_and_hidden_members_are_counted_and_not_followed(tmp_path):
    secret = tmp_path / "secret.png"
    secret.write_bytes(IMAGES[1])
    with tarfile.open(tmp_path / "a.tar", "w") as tar:
        add(tar, "../../outside.png", IMAGES[0])
        add(tar, "link.png", type=tarfile.SYMTYPE, linkname=str(secret))
        add(tar, "hard.png", type=tarfile.LNKTYPE, linkname="../../outside.png")
        add(tar, "pipe.png", type=tarfile.FIFOTYPE)
        add(tar, "._outside.png", b"fork")
        add(tar, "folder.png", type=tarfile.DIRTYPE)
        add(tar, "notes.md", b"#")
    source = open_source(str(tmp_path / "a.tar"), SPEC)
    assert (len(source), source.ignored) == (1, 6)
    assert source.read(0).shape == (5, 6, 3)
    assert sorted(tmp_path.iterdir()) == [tmp_path / "a.tar", secret]


@pytest.mark.parametrize("where", ["short", "header", "end", "empty", "text"])
def test_a_damaged_archive_is_refused(tmp_path, where):
    whole = write_tar(
        tmp_path / "a.tar", [(f"{k}.png", one) for k, one in enumerate(IMAGES)]
    ).read_bytes()
    size = 512 + -(-len(IMAGES[0]) // 512) * 512
    damaged = {
        "short": whole[: 2 * size + 100],
        "header": whole[:size] + b"\xff" * 512 + whole[size + 512 :],
        "end": whole[:size],
        "empty": b"",
        "text": b"not an archive" * 99,
    }[where]
    (tmp_path / "a.tar").write_bytes(damaged)
    assert refused(tmp_path / "a.tar")[0] == "DAT022"


@pytest.mark.parametrize("share", [0.0, 0.3, 0.999])
def test_a_damaged_parquet_file_is_refused(tmp_path, share):
    path = write_parquet(tmp_path / "a.parquet", IMAGES)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    assert refused(path)[0] == "DAT022"


def test_a_damaged_page_is_refused_before_anything_is_scored(tmp_path):
    path = write_parquet(tmp_path / "a.parquet", IMAGES)
    whole = bytearray(path.read_bytes())
    whole[10:900] = bytes(890)
    path.write_bytes(whole)
    source = open_source(str(path), SPEC)
    with pytest.raises(UnreadableError) as caught:
        source.digests  # noqa: B018
    assert caught.value.code == "DAT022"


def test_two_images_of_a_key_must_be_told_apart(tmp_path):
    files = [("a.jpg", IMAGES[0]), ("a.seg.png", IMAGES[1]), ("b.jpg", IMAGES[2])]
    path = write_tar(tmp_path / "a.tar", files)
    code, message = refused(path)
    assert code == "DAT023"
    assert "jpg, seg.png" in message
    assert len(open_source(f"{path}:jpg", SPEC)) == 2
    assert len(open_source(f"{path}:seg.png", SPEC)) == 1
    assert refused(f"{path}:webp")[0] == "DAT002"


def test_two_columns_of_images_must_be_told_apart(tmp_path):
    path = write_parquet(tmp_path / "a.parquet", IMAGES[:2], mask=pa.array(IMAGES[2:4]))
    code, message = refused(path)
    assert code == "DAT023"
    assert "image struct" in message
    assert "mask binary" in message
    assert open_source(f"{path}:mask", SPEC).encoded(1) == IMAGES[3]
    assert refused(f"{path}:none")[0] == "DAT023"


def test_training_and_test_images_are_not_mixed(tmp_path):
    for name in ("train-00000-of-00001.parquet", "test-00000-of-00001.parquet"):
        write_parquet(tmp_path / name, IMAGES)
    code, message = refused(tmp_path)
    assert code == "DAT023"
    assert "splits test, train" in message
    assert len(open_source(f"{tmp_path}/test-*.parquet", SPEC)) == N


def test_a_shard_that_braces_name_must_be_there(tmp_path):
    write_tar(tmp_path / "a-0.tar", [("a.png", IMAGES[0])])
    code, message = refused(tmp_path / "a-{0..1}.tar")
    assert code == "DAT001"
    assert "a-1.tar" in message


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "DAT002"),
        ("path\n", "DAT002"),
        ("x,y\n1,2\n", "DAT023"),
        ("path,label\na.png,1\n,2\n", "DAT022"),
        ('path\n"a.png\n', "DAT022"),
    ],
)
def test_lists_that_are_none_are_refused(tmp_path, text, code):
    (tmp_path / "a.csv").write_text(text)
    assert refused(tmp_path / "a.csv")[0] == code


@pytest.mark.parametrize("name", ["a.tar.gz", "a.tgz", "a.zip", "a.json"])
def test_compressed_archives_say_what_to_do(tmp_path, name):
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(RmqmError) as caught:
        open_source(str(tmp_path / name), SPEC)
    assert caught.value.code == "DAT004"
    assert ("Unpack it" in caught.value.fix) == (name != "a.json")


def test_names_in_archives_are_printable(tmp_path):
    write_tar(tmp_path / "a.tar", [("caf\udce9\x1b[31m.png", IMAGES[0])])
    name = open_source(str(tmp_path / "a.tar"), SPEC).name(0)
    assert name.isprintable()
    assert name.endswith(r"a.tar:caf\udce9\x1b[31m.png")


def test_a_row_group_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("rmqm_spec.inputs.parquet_files.MAX_UNPACKED_BYTES", 2**20)
    path = tmp_path / "bomb.parquet"
    table = pa.table({"image": [bytes(2**20 + 1)]})
    parquet.write_table(table, path, compression="gzip", write_statistics=False)
    assert path.stat().st_size < 2**14
    assert refused(path)[0] == "DAT013"


def test_equal_images_count_once_wherever_they_are(tmp_path):
    path = write_parquet(tmp_path / "a.parquet", [IMAGES[0], IMAGES[1], IMAGES[0]])
    inputs = inputs_of(path)
    assert (len(inputs), inputs.duplicates) == (2, 1)


@pytest.mark.parametrize(
    ("package", "data"), [("pyarrow.parquet", "a.parquet"), ("fsspec", "memory://a.png")]
)
def test_a_missing_package_comes_with_its_command(tmp_path, monkeypatch, package, data):
    monkeypatch.setitem(__import__("sys").modules, package, None)
    (tmp_path / "a.parquet").write_bytes(b"")
    with pytest.raises(RmqmError) as caught:
        open_source(data if "://" in data else str(tmp_path / data), SPEC)
    assert (caught.value.code, caught.value.exit_code) == ("DAT024", 4)
    assert 'python -m pip install "rmqm-spec[data]"' in caught.value.fix
    assert Path(data).suffix

"""Lists and tables as spreadsheets and programs write them, and every spelling of no label."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from rmqm_spec.contracts.inputs import InputSpec
from rmqm_spec.contracts.preprocessing import Preprocessing
from rmqm_spec.errors import RmqmError
from rmqm_spec.inputs.labels import read_labels
from rmqm_spec.inputs.opening import open_source
from rmqm_spec.inputs.prepared import open_inputs

SPEC = InputSpec(kind="image", shape=(3, 4, 4))
ROWS = [("img/0.png", "cat"), ("img/1.png", "dog"), ("img/2.png", "cat")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "img").mkdir()
    for grey in range(3):
        Image.new("RGB", (4, 4), (grey, grey, grey)).save(tmp_path / f"img/{grey}.png")
    return tmp_path


def table(separator: str, header: tuple[str, ...], rows=ROWS, ending: str = "\r\n") -> str:
    return ending.join(separator.join(cells) for cells in (header, *rows)) + ending


def read(path: Path) -> list[tuple[str, str | None]]:
    source = open_source(str(path), SPEC)
    labels = source.labels or [None] * len(source)
    for index in range(len(source)):
        source.read(index)
    names = [Path(source.name(k)).relative_to(path.parent).as_posix() for k in range(len(source))]
    return list(zip(names, labels, strict=True))


def refused(path: Path | str) -> RmqmError:
    with pytest.raises(RmqmError) as caught:
        open_source(str(path), SPEC)
    return caught.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("name", ["list.csv", "list.tsv"])
def test_the_header_says_what_separates_cells(folder, name, separator, encoding) -> None:
    text = table(separator, ("Image", "Label"))
    (folder / name).write_bytes(text.encode(encoding))
    assert read(folder / name) == ROWS


def test_a_known_name_weighs_more_than_many_cells(folder) -> None:
    rows = [("img/0.png", "a,b,c")]
    (folder / "list.csv").write_text(table(";", ("file", "label, or what, it is"), rows))
    assert read(folder / "list.csv") == [("img/0.png", None)]
    (folder / "list.csv").write_text(table(";", ("file", "label"), rows))
    assert read(folder / "list.csv") == [("img/0.png", "a,b,c")]


def test_the_line_for_excel_is_no_header(folder) -> None:
    (folder / "list.csv").write_text("sep=;\n" + table(";", ("file", "label")))
    assert read(folder / "list.csv") == ROWS


def test_a_text_with_tabs_is_a_table(folder) -> None:
    (folder / "list.txt").write_bytes(table("\t", ("file", "label")).encode("utf-16"))
    assert read(folder / "list.txt") == ROWS


def test_columns_are_named_in_any_case(folder) -> None:
    (folder / "list.csv").write_text(table(";", ("Bild", "Art")))
    assert refused(folder / "list.csv").code == "DAT023"
    assert len(open_source(f"{folder}/list.csv:bild", SPEC)) == 3
    source = open_source(f"{folder}/list.csv:Bild", SPEC)
    assert read_labels("column:art", source, SPEC) == ["cat", "dog", "cat"]
    assert read_labels(f"{folder}/list.csv:ART", source, SPEC) == ["cat", "dog", "cat"]


def test_paths_of_windows_are_read_where_the_file_is_there(folder) -> None:
    rows = [(path.replace("/", "\\"), label) for path, label in ROWS]
    (folder / "win.csv").write_text(table(",", ("file", "label"), rows))
    assert read(folder / "win.csv") == ROWS
    (folder / "labels.csv").write_text(table(",", ("file", "label"), rows))
    source = open_source(str(folder / "img"), SPEC)
    assert read_labels(f"{folder}/labels.csv", source, SPEC) == ["cat", "dog", "cat"]


def test_a_list_of_which_no_file_is_there_is_refused_before_any_work(folder) -> None:
    rows = [("C:\\data\\0.png", "cat"), ("C:\\data\\1.png", "dog")]
    (folder / "win.csv").write_text(table(",", ("file", "label"), rows))
    error = refused(folder / "win.csv")
    assert error.code == "DAT001"
    assert "C:\\\\data\\\\0.png" in error.message or "C:\\data\\0.png" in error.message
    assert "Windows" in error.fix
    (folder / "some.csv").write_text(table(",", ("file", "label"), [*rows, ROWS[0]]))
    assert len(open_source(str(folder / "some.csv"), SPEC)) == 3


def test_another_encoding_is_refused_by_byte_and_line(folder) -> None:
    (folder / "latin.csv").write_bytes(b"file;label\nimg/0.png;K\xe4fer\n")
    error = refused(folder / "latin.csv")
    assert error.code == "DAT022"
    assert "the byte 0xe4 in line 2" in error.message


MISSING = ["NaN", "nan", "NA", "N/A", "n/a", "null", "NULL", "None", "none", "-", "", " ", "?",
           "<NA>", "#N/A", "nil", "NaT", ".", "missing", "Unknown"]  # fmt: skip


@pytest.mark.parametrize("spelling", MISSING)
@pytest.mark.parametrize("kind", ["list", "table", "array", "column"])
def test_spellings_of_no_label_are_none(folder, kind, spelling) -> None:
    rows = [ROWS[0], ("img/1.png", spelling), ROWS[2]]
    (folder / "list.csv").write_text(table(";", ("file", "label"), rows))
    source = open_source(str(folder / "list.csv"), SPEC)
    asked = f"{folder}/list.csv"
    if kind == "list":
        assert source.labels == ("cat", None, "cat")
        return
    if kind == "array":
        np.save(folder / "y.npy", np.array(["cat", spelling, "cat"]))
        asked = f"{folder}/y.npy"
    if kind == "column":
        (folder / "one.csv").write_text(f'label\ncat\n"{spelling}"\ncat\n')
        asked = f"{folder}/one.csv"
    assert read_labels(asked, source, SPEC) == ["cat", None, "cat"]


@pytest.mark.parametrize("name", ["Na", "0", "nano", "empty", "unknowns", "-1", ".."])
def test_other_words_are_classes(folder, name) -> None:
    (folder / "list.csv").write_text(table(",", ("file", "label"), [("img/0.png", name)]))
    assert open_source(str(folder / "list.csv"), SPEC).labels == (name,)


def png(grey: int) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (4, 4), (grey, grey, grey)).save(stream, "png")
    return stream.getvalue()


STRUCTS = [{"bytes": png(grey), "path": "x.png"} for grey in range(3)]


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("cells", ["structs", "bytes"])
def test_lists_of_one_image_are_images(tmp_path, cells, large) -> None:
    pa = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    values = STRUCTS if cells == "structs" else [struct["bytes"] for struct in STRUCTS]
    column = pa.array([[value] for value in values])
    if large:
        column = column.cast(pa.large_list(column.type.value_type))
    write = {"images": column, "label": pa.array([0.0, None, float("nan")])}
    parquet.write_table(pa.table(write), tmp_path / "a.parquet", row_group_size=2)
    inputs = open_inputs(tmp_path / "a.parquet", SPEC, Preprocessing())
    greys = sorted(round(255 * float(inputs.load(k).values.max())) for k in range(3))
    assert greys == [0, 1, 2]
    assert inputs.source.labels == ("0.0", None, None)


def test_several_images_in_a_row_are_refused(tmp_path) -> None:
    pa = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    rows = pa.array([[STRUCTS[0]], [], STRUCTS[1:]])
    parquet.write_table(pa.table({"images": rows}), tmp_path / "a.parquet")
    with pytest.raises(RmqmError) as caught:
        open_inputs(tmp_path / "a.parquet", SPEC, Preprocessing())
    assert caught.value.code == "DAT023"
    assert "got 2 in row 2 of column images: lists of images are not read" in caught.value.message


def test_minus_one_beside_class_names_is_no_label(tmp_path) -> None:
    pa = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    plain = pa.table({"image": STRUCTS, "label": [1, -1, 0]})
    parquet.write_table(plain, tmp_path / "plain.parquet")
    names = b'{"info": {"features": {"label": {"_type": "ClassLabel", "names": ["a", "b"]}}}}'
    named = plain.replace_schema_metadata({"huggingface": names})
    parquet.write_table(named, tmp_path / "named.parquet")
    assert open_source(str(tmp_path / "plain.parquet"), SPEC).labels == ("1", "-1", "0")
    assert open_source(str(tmp_path / "named.parquet"), SPEC).labels == ("b", None, "a")

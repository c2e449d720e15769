"""Labels from arrays, tables and folders: each belongs to its input, or is refused."""

import numpy as np
import pytest

from rmqm_spec.contracts.inputs import InputSpec
from rmqm_spec.errors import RmqmError
from rmqm_spec.inputs.labels import read_labels
from rmqm_spec.inputs.opening import open_source

SPEC = InputSpec(kind="image", shape=(1, 4, 4))


class Files:
    """A source of files that are not there; labels need their names alone."""

    label = "photos"
    names = ("photos/cat/1.png", "photos/dog/1.png", "photos/dog/2.png")

    def __len__(self):
        return len(self.names)

    def name(self, index):
        return self.names[index]


def rows(n=3):
    return open_source(np.zeros((n, 4, 4)), SPEC)


def refused(asked, source):
    with pytest.raises(RmqmError) as caught:
        read_labels(str(asked), source, SPEC)
    return caught.value.code, caught.value.message


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (np.array([3, 1, 2], dtype=np.uint8), ["3", "1", "2"]),
        (np.array(["cat", "dog", "cat"]), ["cat", "dog", "cat"]),
        (np.array([True, False, True]), ["True", "False", "True"]),
        (np.array([3.0, np.nan, 2.0]), ["3.0", None, "2.0"]),
        (np.array(["cat", "", " dog "]), ["cat", None, "dog"]),
    ],
)
def test_arrays_are_in_the_order_of_the_inputs(tmp_path, values, expected):
    np.save(tmp_path / "labels.npy", values)
    np.savez(tmp_path / "all.npz", images=np.zeros((3, 4, 4)), y=values)
    assert read_labels(str(tmp_path / "labels.npy"), rows(), SPEC) == expected
    assert read_labels(f"{tmp_path}/all.npz:y", rows(), SPEC) == expected


def test_another_number_of_labels_is_refused(tmp_path):
    np.save(tmp_path / "labels.npy", np.arange(4))
    code, message = refused(tmp_path / "labels.npy", rows())
    assert code == "PRB011"
    assert "one for each of the 3 inputs of array; got 4 in" in message


def test_more_than_one_axis_is_refused(tmp_path):
    np.save(tmp_path / "labels.npy", np.eye(3))
    assert refused(tmp_path / "labels.npy", rows())[0] == "PRB011"


def test_pickles_are_never_opened(tmp_path):
    np.save(tmp_path / "labels.npy", np.array([{}, {}, {}], dtype=object), allow_pickle=True)
    assert refused(tmp_path / "labels.npy", rows())[0] == "DAT005"


def test_a_missing_file_is_told(tmp_path):
    assert refused(tmp_path / "none.csv:label", rows())[0] == "DAT001"
    (tmp_path / "labels.txt").write_text("a\nb\nc\n")
    assert refused(tmp_path / "labels.txt", rows())[0] == "PRB011"


def test_folders_are_classes():
    assert read_labels("folders", Files(), SPEC) == ["cat", "dog", "dog"]


@pytest.mark.parametrize(
    "names", ["1.png,x/1.png", "dog/2.png,dog/1.png,cat/1.png", "photos/dog/2.png,dog/1.png,1.png"]
)
def test_a_table_names_inputs_by_the_longest_end_that_it_knows(tmp_path, names):
    table = "\n".join(["file,label", *(f"{name},label of {name}" for name in names.split(","))])
    (tmp_path / "table.csv").write_text(table, encoding="utf-8")
    found = read_labels(str(tmp_path / "table.csv"), Files(), SPEC)
    for name, label in zip(Files.names, found, strict=True):
        ends = [one for one in names.split(",") if f"/{name}".endswith(f"/{one}")]
        assert label == (f"label of {max(ends, key=len)}" if ends else None)


def test_a_table_without_names_is_in_order(tmp_path):
    (tmp_path / "t.tsv").write_text("class\tother\nx\t1\n\t2\ny\t3\n", encoding="utf-8")
    assert read_labels(f"{tmp_path}/t.tsv:class", rows(), SPEC) == ["x", None, "y"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("class\nx\n", "a column 'label' of"),
        ("", "got the columns (none)"),
        ("label\nx\n", "one for each of the 3 inputs"),
        ("file,label\na.png,x\na.png,y\n", "got two for 'a.png', again in row 3"),
        ("file,label\nb.png,x\n", "got no 'array[0]' there"),
    ],
)
def test_tables_that_do_not_fit_are_refused(tmp_path, text, said):
    (tmp_path / "table.csv").write_text(text, encoding="utf-8")
    code, message = refused(tmp_path / "table.csv", rows())
    assert code == "PRB011"
    assert said in message


def test_text_that_is_not_utf_8_is_refused(tmp_path):
    (tmp_path / "table.csv").write_bytes(b"label\n\xff\xfe\n")
    assert "must be text in UTF-8" in refused(tmp_path / "table.csv", rows())[1]

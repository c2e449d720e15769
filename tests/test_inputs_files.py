"""Image files are found in folders and by patterns; nothing is dropped without a word."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image

from rmqm_spec.errors import UnreadableError
from rmqm_spec.inputs.files import ImageFiles


def write_image(path: Path, grey: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("L", (4, 4), grey).save(path)
    return path


def names(files: ImageFiles, folder: Path) -> list[str]:
    return [Path(files.name(i)).relative_to(folder).as_posix() for i in range(len(files))]


def test_a_folder_is_searched_to_the_bottom_in_the_order_of_names(tmp_path: Path) -> None:
    for name in ("b.png", "a/z.JPG", "a/deep/x.tiff"):
        write_image(tmp_path / name)
    files = ImageFiles.in_folder(tmp_path)
    assert names(files, tmp_path) == ["a/deep/x.tiff", "a/z.JPG", "b.png"]


def test_other_and_hidden_files_are_counted(tmp_path: Path) -> None:
    write_image(tmp_path / "a.png")
    write_image(tmp_path / "._a.png")
    (tmp_path / "labels.csv").write_text("a,1")
    files = ImageFiles.in_folder(tmp_path)
    assert (len(files), files.ignored) == (1, 2)


def test_hidden_folders_are_not_searched(tmp_path: Path) -> None:
    write_image(tmp_path / "a.png")
    write_image(tmp_path / ".thumbnails" / "a.png")
    assert len(ImageFiles.in_folder(tmp_path)) == 1


@pytest.mark.parametrize("name", ["broken.jpg", "photo.heic"])
def test_undecodable_files_are_offered_so_that_they_are_named(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"damaged")
    files = ImageFiles.in_folder(tmp_path)
    with pytest.raises(UnreadableError, match=name):
        files.read(0)


def test_a_link_that_leads_nowhere_is_offered(tmp_path: Path) -> None:
    (tmp_path / "lost.png").symlink_to(tmp_path / "gone.png")
    files = ImageFiles.in_folder(tmp_path)
    with pytest.raises(UnreadableError) as caught:
        files.read(0)
    assert caught.value.code == "IMG001"


def test_a_loop_of_links_ends(tmp_path: Path) -> None:
    write_image(tmp_path / "a" / "x.png")
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    assert names(ImageFiles.in_folder(tmp_path), tmp_path) == ["a/x.png"]


def test_linked_folders_are_searched(tmp_path: Path) -> None:
    write_image(tmp_path / "elsewhere" / "x.png")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "link").symlink_to(tmp_path / "elsewhere")
    assert names(ImageFiles.in_folder(tmp_path / "data"), tmp_path) == ["data/link/x.png"]


def test_a_pipe_is_no_image(tmp_path: Path) -> None:
    write_image(tmp_path / "a.png")
    os.mkfifo(tmp_path / "pipe.png")
    files = ImageFiles.in_folder(tmp_path)
    assert (len(files), files.ignored) == (1, 1)


def test_a_pattern_matches_files_and_folders_once(tmp_path: Path) -> None:
    for name in ("cats/1.png", "cats/2.png", "dogs/1.png", "notes/1.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        write_image(tmp_path / name) if name.endswith("png") else None
    files = ImageFiles.matching(str(tmp_path / "**" / "*[a-z]*"))
    assert names(files, tmp_path) == ["cats/1.png", "cats/2.png", "dogs/1.png"]


def test_nothing_found_is_an_error_that_counts_the_rest(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("")
    with pytest.raises(UnreadableError, match="got 1 other files") as caught:
        ImageFiles.in_folder(tmp_path)
    assert caught.value.code == "DAT002"


def test_digests_are_of_bytes_and_not_of_names(tmp_path: Path) -> None:
    write_image(tmp_path / "a.png")
    write_image(tmp_path / "b.png")
    write_image(tmp_path / "c.png", grey=9)
    first, second, third = ImageFiles.in_folder(tmp_path).digests
    assert first == second != third


def test_a_lost_file_still_has_a_digest(tmp_path: Path) -> None:
    (tmp_path / "lost.png").symlink_to(tmp_path / "gone.png")
    (digest,) = ImageFiles.in_folder(tmp_path).digests
    assert len(digest) == 64


def test_a_lost_file_has_the_same_digest_on_another_machine(tmp_path: Path) -> None:
    digests = []
    for machine in ("here", "there"):
        (tmp_path / machine / "a").mkdir(parents=True)
        (tmp_path / machine / "a" / "lost.png").symlink_to(tmp_path / "gone.png")
        (tmp_path / machine / "lost.png").symlink_to(tmp_path / "gone.png")
        digests.append(ImageFiles.in_folder(tmp_path / machine).digests)
    assert digests[0] == digests[1]
    assert len(set(digests[0])) == 2

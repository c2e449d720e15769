"""A report replaces a report, and nothing else."""

from __future__ import annotations

import pytest

from rmqm_spec.errors import UsageError
from rmqm_spec.reports import check_report_path, write_report
from rmqm_spec.reports.files import MARK

PAGE = f"<!DOCTYPE html>\n{MARK}\n<html></html>"


def test_a_report_replaces_an_older_one(tmp_path):
    path = tmp_path / "new" / "report.html"
    write_report(path, PAGE)
    write_report(path, PAGE + "newer")
    assert path.read_text(encoding="utf-8").endswith("newer")


@pytest.mark.parametrize("content", [b"", b"<html>mine</html>", b"x" * 1000 + MARK.encode()])
def test_another_file_stays_unless_forced(tmp_path, content):
    path = tmp_path / "mine.html"
    path.write_bytes(content)
    with pytest.raises(UsageError) as caught:
        write_report(path, PAGE)
    assert (caught.value.code, path.read_bytes()) == ("ARG007", content)
    write_report(path, PAGE, force=True)
    assert path.read_text(encoding="utf-8") == PAGE


def test_a_folder_and_a_file_as_folder_are_refused(tmp_path):
    (tmp_path / "file").touch()
    for path in (tmp_path, tmp_path / "file" / "report.html"):
        with pytest.raises(UsageError) as caught:
            check_report_path(path)
        assert caught.value.code == "ARG005"

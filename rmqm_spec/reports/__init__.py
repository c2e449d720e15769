"""The report: results on disk become one page that explains itself to a meeting."""

from rmqm_spec.reports.example_files import keep_examples, read_examples
from rmqm_spec.reports.examples import Examples, examples_of
from rmqm_spec.reports.files import check_report_path, write_report
from rmqm_spec.reports.gathering import read_subjects, subjects_of
from rmqm_spec.reports.page import report_page, require_report
from rmqm_spec.reports.subjects import Subject, Subjects

__all__ = [
    "Examples",
    "Subject",
    "Subjects",
    "check_report_path",
    "examples_of",
    "keep_examples",
    "read_examples",
    "read_subjects",
    "report_page",
    "require_report",
    "subjects_of",
    "write_report",
]

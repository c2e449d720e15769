"""The report: results on disk become one page that explains itself to a meeting."""

from rmqm_spec.reports.content import ReportContent, ReportedEncoder
from rmqm_spec.reports.example_files import keep_examples, read_examples
from rmqm_spec.reports.examples import Examples, examples_of
from rmqm_spec.reports.files import check_report_path, write_report
from rmqm_spec.reports.gathering import read_report_content, report_content
from rmqm_spec.reports.page import report_page, require_report

__all__ = [
    "Examples",
    "ReportContent",
    "ReportedEncoder",
    "check_report_path",
    "examples_of",
    "keep_examples",
    "read_examples",
    "read_report_content",
    "report_content",
    "report_page",
    "require_report",
    "write_report",
]

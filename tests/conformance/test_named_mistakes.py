"""The first line of a report names the mistake of most wrong miniatures, and of no allowed one."""

from miniatures import ALLOWED
from named_mistakes import line_of, mistake_in, read_lines
from table import EFFORT, read_table

from rmqm_conformance.catalogue import checks
from rmqm_conformance.formats.wording import first_line
from rmqm_conformance.judging import judge
from rmqm_conformance.subject import PythonSubject

SHARE = 0.6
STEP = 19


def test_most_mistakes_are_named():
    names = list(read_table())[::STEP]
    known = read_lines()
    right = [
        name for name in names if mistake_in(line_of(name, whole=False)[1]) in known.get(name, ())
    ]
    assert len(right) >= SHARE * len(names), sorted(set(names) - set(right))


def test_what_was_read_belongs_to_a_miniature():
    assert set(read_lines()) <= set(read_table())


def test_nothing_is_named_where_the_specification_leaves_a_choice():
    drawn = [check for check in checks() if check.kind == "vector"]
    for allowed in ALLOWED[:3]:
        outcomes = tuple(judge(check, PythonSubject(allowed()), EFFORT) for check in drawn)
        assert first_line(outcomes) == ""

"""
Where the golden vectors come from: the formulas of the specification at 50 digits.

``python -m rmqm_conformance.golden`` writes the files of ``vectors`` again, from the definitions in
``cases_*`` and the formulas in ``oracle_*``. It needs mpmath; to use the vectors nothing of this
package is needed. No formula is shared with ``rmqm_spec``.
"""

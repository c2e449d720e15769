"""Neighbourhoods by non-negative kernel regression: what its sources show, run again."""

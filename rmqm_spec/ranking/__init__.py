"""Several encoders on the same inputs: who is better, by how much, how sure, and why."""

from rmqm_spec.ranking.by_measure import rank_by_measure
from rmqm_spec.ranking.document import ranking_digest, ranking_document
from rmqm_spec.ranking.left_out import left_out, left_out_words
from rmqm_spec.ranking.order import rank_encoders
from rmqm_spec.ranking.records import NEGLIGIBLE, NOTHING_RANKED, Pair, Ranked, Ranking, rounded_up
from rmqm_spec.ranking.results import rank_results

__all__ = [
    "NEGLIGIBLE",
    "NOTHING_RANKED",
    "Pair",
    "Ranked",
    "Ranking",
    "left_out",
    "left_out_words",
    "rank_by_measure",
    "rank_encoders",
    "rank_results",
    "ranking_digest",
    "ranking_document",
    "rounded_up",
]

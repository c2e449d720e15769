"""The kind of document that a ranking writes."""

from rmqm_spec.documents.kind import Kind
from rmqm_spec.ranking.record import RankDocument

__all__ = ["RANKING"]

RANKING = Kind(schema="rmqm-rank/1", name="rank", record=RankDocument)

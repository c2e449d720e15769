"""A race of encoders: inputs are spent where the order is open, and until it is settled."""

from rmqm_spec.ranking.race.boundary import boundary, crossing_probability, limit
from rmqm_spec.ranking.race.comparison import Comparison
from rmqm_spec.ranking.race.looks import looks
from rmqm_spec.ranking.race.outcome import RaceOutcome, Stopped
from rmqm_spec.ranking.race.ranking import rank_race
from rmqm_spec.ranking.race.rules import Rules
from rmqm_spec.ranking.race.standings import Decision, Standings

__all__ = [
    "Comparison",
    "Decision",
    "RaceOutcome",
    "Rules",
    "Standings",
    "Stopped",
    "boundary",
    "crossing_probability",
    "limit",
    "looks",
    "rank_race",
]

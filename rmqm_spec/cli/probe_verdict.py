"""What the probes of a ranking say, and whether RMQM says the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rmqm_spec.probes.comparing import Compared, tied_with_best
from rmqm_spec.probes.judging import Judgement
from rmqm_spec.ranking.null import is_level_with_null
from rmqm_spec.runs.probed import ProbedModels

__all__ = ["about_probes"]

_CALLED = {"1-nn": "1-NN", "linear": "the linear probe"}
_MOST_NAMES = 4


def about_probes(document: Mapping[str, Any], probed: ProbedModels) -> Iterator[str]:
    """
    Yield sentences: who leads by the probes, and how RMQM agrees with them.

    Parameters
    ----------
    document : mapping
        Of a ranking (``rmqm-rank/1``) of two encoders or more.
    probed : ProbedModels
        Probes of the same encoders, by the same names.
    """
    ranked = [row for row in document["ranked"] if row["name"] in probed.models]
    if len(ranked) < 2:
        yield "The probes compare nothing: of the encoders with a score, " + (
            f"only {ranked[0]['name']} was probed." if ranked else "none was probed."
        )
        return
    judgements = {row["name"]: probed.models[row["name"]].judgement for row in ranked}
    leaders = _leaders(judgements, probed.differences)
    n_inputs = probed.models[ranked[0]["name"]].document["split"]["test"]
    leads = "; ".join(_leads(leaders, judgements))
    yield f"On {n_inputs:,} labelled inputs, {leads}."
    yield from _about_the_leader(ranked, leaders)
    if len(ranked) > 2:
        for probe in leaders:
            pairs = [pair for pair in probed.differences if pair.probe == probe]
            yield from _about_pairs(document, probe, pairs)


def _leaders(
    judgements: Mapping[str, Judgement], pairs: Iterable[Compared]
) -> dict[str, frozenset[str]]:
    """Return who leads by each probe: one encoder, or all that are tied for the lead."""
    return {
        probe: tied_with_best(probe, judgements, list(pairs))
        for probe in _CALLED
        if all(probe in judgement.answers for judgement in judgements.values())
    }


def _leads(
    leaders: Mapping[str, frozenset[str]], judgements: Mapping[str, Judgement]
) -> Iterator[str]:
    """Name the leaders, with all probes by which they lead and the best accuracy of each."""
    for names in dict.fromkeys(leaders.values()):
        probes = [probe for probe, leading in leaders.items() if leading == names]
        best = {
            probe: max(judgements[name].answers[probe].accuracy.value for name in names)
            for probe in probes
        }
        by = " and ".join(f"{_CALLED[probe]} ({best[probe]:.3f})" for probe in probes)
        listed = _listed(name for name in judgements if name in names)
        yield f"{listed} {'leads' if len(names) == 1 else 'are tied for the lead'} by {by}"


def _about_the_leader(
    ranked: list[Mapping[str, Any]], leaders: Mapping[str, frozenset[str]]
) -> Iterator[str]:
    first = ranked[0]
    if is_level_with_null(first["null"]):
        yield "RMQM names no leader that could be compared with theirs."
        return
    by_rmqm = {first["name"], *first["same_as"]}
    agreeing = [probe for probe, names in leaders.items() if by_rmqm == names and len(names) == 1]
    opposed = [probe for probe, names in leaders.items() if not by_rmqm & names]
    undecided = [probe for probe in leaders if probe not in (*agreeing, *opposed)]
    if agreeing:
        yield f"RMQM and {_called(agreeing)} agree on the leader."
    if undecided:
        yield f"RMQM and {_called(undecided)} do not contradict each other, but there is a tie."
    if opposed:
        yield (
            f"RMQM and {_called(opposed)} disagree: RMQM puts {first['name']} first. For this "
            "task the labels are the better evidence."
        )


def _about_pairs(
    document: Mapping[str, Any], probe: str, pairs: Iterable[Compared]
) -> Iterator[str]:
    """Count the pairs that a probe tells apart and that RMQM orders in the same way."""
    scores = {row["name"]: row["rmqm"] for row in document["ranked"]}
    tied = {
        frozenset((pair["first"], pair["second"])) for pair in document["pairs"] if pair["tied"]
    }
    apart = [
        pair
        for pair in pairs
        if not pair.difference.tied and {pair.first, pair.second} <= {*scores}
    ]
    if not apart:
        return
    open_pairs = [pair for pair in apart if {pair.first, pair.second} in tied]
    decided = [pair for pair in apart if pair not in open_pairs]
    alike = sum(scores[pair.first] > scores[pair.second] for pair in decided)
    ways = [f"{alike} of them the same way", f"{len(decided) - alike} the other way"]
    if open_pairs:
        ways.append(f"leaves {len(open_pairs)} tied")
    orders = f"{', '.join(ways[:-1])} and {ways[-1]}"
    yield f"Pairs that {_CALLED[probe]} tells apart: {len(apart)}; RMQM orders {orders}."


def _called(probes: list[str]) -> str:
    return _CALLED[probes[0]] if len(probes) == 1 else "the probes"


def _listed(names: Iterable[str]) -> str:
    *most, last = list(names)
    if len(most) >= _MOST_NAMES:
        return f"{', '.join(most[: _MOST_NAMES - 1])} and {len(most) + 2 - _MOST_NAMES} more"
    return f"{', '.join(most)} and {last}" if most else last

"""Several processes that judge, for the same report in less time."""

from rmqm_conformance.jobs.dealing import judge_in_jobs
from rmqm_conformance.jobs.working import Dealt, Make

__all__ = ["Dealt", "Make", "judge_in_jobs"]

"""Probes: what nearest neighbours and a linear classifier make of an encoder, given labels."""

from rmqm_spec.probes.accuracy import Accuracy, Difference, accuracy_of, paired_difference
from rmqm_spec.probes.encoding import Encoded, encode_inputs
from rmqm_spec.probes.judging import Answers, Judgement, judge
from rmqm_spec.probes.labelled import Labelled, distinct, labelled
from rmqm_spec.probes.linear import LinearProbe, fit_linear_probe
from rmqm_spec.probes.neighbours import Neighbours, nearest, vote
from rmqm_spec.probes.split import stratified_split
from rmqm_spec.probes.train_test import TrainTestSplit, divide, train_and_test

__all__ = [
    "Accuracy",
    "Answers",
    "Difference",
    "Encoded",
    "Judgement",
    "Labelled",
    "LinearProbe",
    "Neighbours",
    "TrainTestSplit",
    "accuracy_of",
    "distinct",
    "divide",
    "encode_inputs",
    "fit_linear_probe",
    "judge",
    "labelled",
    "nearest",
    "paired_difference",
    "stratified_split",
    "train_and_test",
    "vote",
]

"""Correct variants in their documents: another layout, other forms of counts, numbers and names."""

from __future__ import annotations

import json
import math

from .plain import Plain


class WritesAnotherLayout(Plain):
    """Writes flat documents with names of its own, and says where everything stands."""

    may_differ = ("document",)

    places = {  # noqa: RUF012
        "specification": ("protocol", "specification"),
        "variant": ("protocol", "variant"),
        "alteration": ("protocol", "alteration", "name"),
        "J": ("protocol", "alteration", "J"),
        "schedule": ("protocol", "alteration", "schedule"),
        "seed": ("protocol", "alteration", "seed"),
        "bounds": ("protocol", "alteration", "bounds"),
        "coupling": ("protocol", "alteration", "coupling"),
        "generator": ("protocol", "alteration", "generator"),
        "resolution": ("protocol", "resolution"),
        "geometry": ("protocol", "inputs"),
        "N": ("counts", "used"),
        "offered": ("counts", "offered"),
        "duplicates": ("counts", "duplicates"),
        "unreadable": ("counts", "unreadable"),
        "undefined_terms": ("counts", "undefined_terms"),
        "left_out": ("counts", "left_out_of_spike_means"),
        "D": ("components", "D"),
        "D_RC": ("components", "D_RC"),
        "P_RC": ("components", "P_RC"),
        "S": ("components", "S"),
        "set_of_inputs": ("inputs", "ids_sha256"),
        "encoder": ("model",),
        "output": ("output", "name"),
        "pooling": ("output", "pooling"),
        "preprocessing": ("preprocessing",),
    }
    compared = (*list(places)[:11], "set_of_inputs")

    def describe(self):
        pointers = {name: f"/about/the~1{name}~0" for name in self.places}
        return super().describe() | {"document": pointers}

    def fields(self, fields):
        about = {}
        for name, path in self.places.items():
            value = fields
            for key in path:
                value = value[key]
            about[f"the/{name}~"] = value
        return {key: fields[key] for key in ("status", "interval", "rmqm")} | {"about": about}

    def comparable(self, document):
        return {name: document["about"][f"the/{name}~"] for name in self.compared}


class WritesSpaciousDocuments(Plain):
    """Writes sorted keys on lines of their own, ended by a line feed."""

    def write(self, fields):
        return json.dumps(fields, allow_nan=False, indent=4, sort_keys=True) + "\n"


class WritesSeventeenDigits(Plain):
    """Writes every number with an exponent and seventeen digits."""

    def number(self, value):
        return f"@{value:.16e}@" if math.isfinite(value) else None

    def write(self, fields):
        return super().write(fields).replace('"@', "").replace('@"', "")

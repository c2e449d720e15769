"""Chapter 4 of the specification: PGD paths."""

from __future__ import annotations

import numpy as np

from .plain_inputs import Refused


class Pgd:
    """Steps and paths of capability `pgd`."""

    default_alpha = 2 / 255
    default_n_levels = {"paper": 30, "authors-2022": 29}  # noqa: RUF012

    def pgd_step(self, *, inputs, gradient, ids, level, alpha, low, high):
        self.check_bounds(low, high)
        self.check_altered_inputs(inputs, ids, low, high)
        self.check_alpha(alpha)
        if gradient.shape != inputs.shape:
            raise Refused(f"gradient {gradient.shape} is not of the shape of the inputs")
        self.check_gradient(gradient, ids, level)
        return {
            "stepped": self.clip_step(self.moved(inputs, gradient, alpha, low, high), low, high)
        }

    def check_alpha(self, alpha):
        if alpha is not None and not 0 <= alpha < np.inf:
            raise Refused(f"step size {alpha} is below 0 or not finite")

    def moved(self, x, gradient, alpha, low, high):
        scale = self.step_scale(self.alpha(alpha), low, high, x.dtype)
        return self.add_step(x, scale, self.sign(gradient).astype(x.dtype))

    def clip_step(self, values, low, high):
        return self.clip(values, low, high)

    def alpha(self, alpha):
        return self.default_alpha if alpha is None else alpha

    def step_scale(self, alpha, low, high, dtype):
        return dtype.type(alpha * self.width(low, high))

    def check_gradient(self, gradient, ids, level):
        for i, rows in enumerate(gradient):
            if not np.isfinite(rows).all():
                raise Refused(self.words_for_place("gradient", ids, i, level, "not finite"))

    def sign(self, gradient):
        return np.sign(gradient)

    def add_step(self, x, scale, direction):
        return x + scale * direction

    def pgd_path(self, *, inputs, ids, network, n_levels, alpha, seed, low, high, variant):
        if variant not in self.default_n_levels:
            raise Refused(f"variant {variant!r} is neither paper nor authors-2022")
        n_levels = self.n_levels_of_path(n_levels, variant)
        if n_levels < 1:
            raise Refused(f"J = {n_levels} is less than 1")
        if seed < 0:
            raise Refused(f"seed {seed} is negative")
        self.check_alpha(alpha)
        self.check_bounds(low, high)
        self.check_altered_inputs(inputs, ids, low, high)
        reference = self.represent(network, inputs)
        self.check_representations(reference[:, None], ids)
        start = self.random_start(inputs, ids, self.alpha(alpha), seed, low, high)
        levels, current = [inputs], inputs
        for level in range(1, n_levels + 1):
            point = self.point_of_gradient(level, levels, start)
            gradient = self.gradient_at(point, reference, network, ids, level)
            self.check_gradient(gradient, ids, level)
            begin = self.start_of_step(level, current, start)
            moved = self.moved(begin, gradient, alpha, low, high)
            levels.append(self.projected(self.clip_step(moved, low, high), inputs))
            current = self.carried_on(moved, levels[-1])
        return {"altered": np.stack(self.levels_to_give(levels, start), axis=1)}

    def projected(self, x, unaltered):
        return x

    def carried_on(self, moved, clipped):
        return clipped

    def n_levels_of_path(self, n_levels, variant):
        return self.default_n_levels[variant] if n_levels is None else n_levels

    def levels_to_give(self, levels, start):
        return levels

    def point_of_gradient(self, level, levels, start):
        return start if level == 1 else levels[-1]

    def start_of_step(self, level, current, start):
        return current

    def gradient_at(self, x, reference, network, ids, level):
        z = self.represent(network, x)
        self.check_representations(z[:, None], ids, level)
        _, cotangent = self.displacement(z, reference)
        return self.pull_back(network, x, cotangent)

    def random_start(self, inputs, ids, alpha, seed, low, high):
        scale = self.step_scale(alpha, low, high, inputs.dtype)
        lanes = [self.start_lanes(seed, name, inputs[0].size) for name in ids]
        away = self.offsets(np.array(lanes)).astype(inputs.dtype).reshape(inputs.shape)
        return self.clip_start(inputs + scale * away, low, high)

    def clip_start(self, values, low, high):
        return self.clip(values, low, high)

    def start_lanes(self, seed, name, size):
        return self.lanes_at(self.start_text(seed, name), 1, size)

    def start_text(self, seed, name):
        return f"rmqm-pgd-start/1\n{seed}\n{name}"

    def offsets(self, lanes):
        return (2.0 * lanes - 65535) / 65536

// PGD paths (family RMQM-PGD) with the loss `displacement`.

import { clip, demandInputs, rounding } from "./inputs.mjs";
import { displacement } from "./losses.mjs";
import { NumericArray } from "./numeric_array.mjs";
import { keyOf, lanesOf } from "./philox.mjs";
import { demand, demandLevels, demandSeed, demandVariant, shown } from "./refusal.mjs";
import { unitVector } from "./unit_vectors.mjs";

const STEP = 2 / 255; // RMQM-PGD-002
const LEVELS = { paper: 30, "authors-2022": 29 }; // RMQM-PGD-005, RMQM-PGD-006

/** One step of each input (N, *S) along the sign of its gradient. */
export function pgdStep(inputs, gradient, ids, level, alpha, low, high) {
  demandInputs(inputs, ids, low, high);
  demandLevels(level);
  demand(
    gradient.shape.join() === inputs.shape.join(),
    `gradient must have the shape of the inputs, (${inputs.shape}); got (${gradient.shape})`,
  );
  const gradients = gradient.rows();
  const walk = walkOf(alpha, low, high);
  const stepped = inputs.typedRows().map((x, i) => walk.step(x, gradients[i], ids[i], level));
  return NumericArray.stack(inputs.type, inputs.shape, stepped);
}

/** All levels of the path of each input: (N, J + 1, *S). */
export function pgdPath(inputs, ids, network, J, alpha, seed, low, high, variant) {
  demandInputs(inputs, ids, low, high);
  demandVariant(variant);
  demandSeed(seed);
  const levels = J ?? LEVELS[variant];
  demandLevels(levels);
  const walk = walkOf(alpha, low, high);
  // Nothing in this loss is drawn anew, so the restarts of `authors-2022` repeat one path
  // (RMQM-PGD-006), and its iterates are the levels of both variants.
  const paths = inputs.typedRows().flatMap((x, i) => walk.path(x, ids[i], network, levels, seed));
  const [count, ...shape] = inputs.shape;
  return NumericArray.stack(inputs.type, [count, levels + 1, ...shape], paths);
}

function walkOf(givenAlpha, low, high) {
  const alpha = givenAlpha ?? STEP;
  demand(
    Number.isFinite(alpha) && alpha > 0,
    `alpha must be finite and above 0 (RMQM-PGD-002); got ${shown(alpha)}`,
  );
  return { path, step };

  function path(x, id, network, J, seed) {
    const unaltered = unitVector(network.encode(x), `input ${id} at level 0`);
    const levels = [x];
    for (let level = 1; level <= J; level++) {
      const from = levels.at(-1);
      const at = level === 1 ? startOf(from, seed, id) : from;
      const where = level === 1 ? `input ${id} at the start of level 1` : `input ${id} at level ${level - 1}`;
      const { gradient } = displacement(network.encode(at), unaltered, where);
      levels.push(step(from, network.vjp(at, gradient), id, level));
    }
    return levels;
  }

  function step(x, gradient, id, level) {
    const bad = gradient.find((value) => !Number.isFinite(value));
    demand(
      bad === undefined,
      `a gradient must be finite (RMQM-PGD-009); got ${shown(bad)} for input ${id} at level ${level}`,
    );
    // Not Math.sign, which keeps the sign of a zero (RMQM-PGD-003).
    return moved(x, (k) => (gradient[k] > 0 ? 1 : gradient[k] < 0 ? -1 : 0));
  }

  /** RMQM-PGD-007: where the first gradient is taken; at the input itself it is zero. */
  function startOf(x, seed, id) {
    const lanes = lanesOf(keyOf(`rmqm-pgd-start/1\n${seed}\n${id}`), 1, x.length);
    return moved(x, (k) => (2 * lanes[k] - 65535) / 65536);
  }

  /** RMQM-PGD-008: the step, the product and the sum are rounded to the type one after the other. */
  function moved(x, direction) {
    const round = rounding(x);
    const size = round(alpha * (high - low));
    return x.map((value, k) => clip(round(value + round(size * direction(k))), round(low), round(high)));
  }
}

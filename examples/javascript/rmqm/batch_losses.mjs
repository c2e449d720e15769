// Losses that depend on the batch, over unit vectors of the attacked inputs and, where there are
// any, of their views, which come after them and are constants (RMQM-LOSS-004, RMQM-LOSS-005).

import { distance } from "./distances.mjs";
import { demand } from "./refusal.mjs";
import { dot, exactSum, mean } from "./sums.mjs";
import { pullBack, unitVector } from "./unit_vectors.mjs";

const MARGIN = 0.5;
const TEMPERATURE = 0.07;

export function triplet(encodings, views, labels) {
  demand(
    (views === null) !== (labels === null),
    `triplet needs either labels or views (RMQM-LOSS-004); got ${views === null ? "none" : "both"}`,
  );
  const units = unitsOf(encodings, views);
  const groups = labels ?? units.map((_, a) => a % encodings.length);
  const distances = units.map((unit) => units.map((other) => distance(unit, other)));
  const triplets = semiHard(distances, groups);
  const gradients = units.map((unit) => unit.map(() => 0));
  for (const [a, p, n] of triplets) {
    pull(a, p, 1 / triplets.length);
    pull(a, n, -1 / triplets.length);
  }
  const losses = triplets.map(([a, p, n]) => distances[a][p] - distances[a][n] + MARGIN);
  return passed(encodings, units, gradients, triplets.length === 0 ? 0 : mean(losses));

  /** Add the gradient of a distance; a distance of zero has none. */
  function pull(a, b, weight) {
    if (distances[a][b] === 0) return;
    for (let k = 0; k < units[a].length; k++) {
      const slope = (weight * (units[a][k] - units[b][k])) / distances[a][b];
      gradients[a][k] += slope;
      gradients[b][k] -= slope;
    }
  }
}

/** Triplets (anchor, positive, negative) whose negative is farther than the positive, within the margin. */
function semiHard(distances, groups) {
  const triplets = [];
  groups.forEach((group, a) =>
    groups.forEach((other, p) => {
      if (a === p || group !== other) return;
      groups.forEach((another, n) => {
        if (another === group) return;
        const gap = distances[a][n] - distances[a][p];
        if (gap > 0 && distances[a][p] - distances[a][n] + MARGIN > 0) triplets.push([a, p, n]);
      });
    }),
  );
  return triplets;
}

export function ntXent(encodings, views) {
  demand(views !== null, "nt-xent needs views as references (RMQM-LOSS-005); got none");
  const units = unitsOf(encodings, views);
  const count = units.length;
  const gradients = units.map((unit) => unit.map(() => 0));
  const losses = units.map((unit, a) => {
    const partner = (a + encodings.length) % count;
    const similarities = units.map((other) => dot(unit, other) / TEMPERATURE);
    // No similarity is above 1 / TEMPERATURE, and none so low that its exponential underflows.
    const powers = similarities.map((similarity, b) => (b === a ? 0 : Math.exp(similarity)));
    const total = exactSum(powers);
    powers.forEach((power, b) => {
      const slope = (power / total - (b === partner ? 1 : 0)) / TEMPERATURE / count;
      unit.forEach((value, k) => {
        gradients[a][k] += slope * units[b][k];
        gradients[b][k] += slope * value;
      });
    });
    return Math.log(total) - similarities[partner];
  });
  return passed(encodings, units, gradients, mean(losses));
}

function unitsOf(encodings, views) {
  const attacked = encodings.map((encoding, i) => unitVector(encoding, `encoding ${i}`));
  return [...attacked, ...(views ?? []).map((view, i) => unitVector(view, `view ${i}`))];
}

/** The value, and the gradient of the attacked inputs alone. */
function passed(encodings, units, gradients, value) {
  return { values: [value], gradient: encodings.map((encoding, i) => pullBack(encoding, units[i], gradients[i])) };
}

// The optimum of 1/2 t'Kt - b't with t >= 0 (RMQM-NNK-004), by active sets (Lawson and Hanson, 1974).

import { dot } from "./sums.mjs";

const FLAT = 1e-12; // slopes and pivots below it are those of rounding
const DUST = 1e-15;

/** The weights of candidates from their kernel K (rows) and their kernel b towards the query. */
export function nonNegative(K, b) {
  let weights = new Float64Array(b.length);
  let support = [];
  let dependent = new Set(); // of what is in the support
  for (let turn = 0; turn < 10 * b.length; turn++) {
    const next = steepest(K, b, weights, support, dependent);
    if (next === undefined) break;
    const wider = [...support, next];
    if (solved(K, b, wider) === null) {
      dependent.add(next);
      continue;
    }
    [weights, support] = settled(K, b, weights, wider);
    dependent = new Set();
  }
  return weights;
}

function steepest(K, b, weights, support, dependent) {
  let [best, most] = [undefined, FLAT];
  b.forEach((value, i) => {
    const slope = value - dot(K[i], weights);
    if (slope > most && !support.includes(i) && !dependent.has(i)) [best, most] = [i, slope];
  });
  return best;
}

/** Go to the optimum of a support, leaving out what becomes negative on the way. */
function settled(K, b, from, wider) {
  let [weights, support] = [from, wider];
  while (support.length > 0) {
    const values = solved(K, b, support);
    const target = new Float64Array(b.length);
    support.forEach((i, place) => (target[i] = values[place]));
    if (support.every((i) => target[i] > 0)) return [target, support];
    const low = support.filter((i) => target[i] <= 0);
    const share = Math.min(...low.map((i) => weights[i] / (weights[i] - target[i])));
    weights = weights.map((value, i) => value + share * (target[i] - value));
    support = support.filter((i) => target[i] > 0 || weights[i] > DUST);
    weights = weights.map((value, i) => (support.includes(i) ? value : 0));
  }
  return [weights, support];
}

/** Solve for the weights of a support by Cholesky; null where its members depend on each other. */
function solved(K, b, support) {
  const n = support.length;
  const L = Array.from({ length: n }, () => new Float64Array(n));
  const x = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) L[i][j] = (K[support[i]][support[j]] - dot(L[i].subarray(0, j), L[j])) / L[j][j];
    const pivot = K[support[i]][support[i]] - dot(L[i].subarray(0, i), L[i]);
    if (!(pivot > FLAT)) return null;
    L[i][i] = Math.sqrt(pivot);
    x[i] = (b[support[i]] - dot(L[i].subarray(0, i), x)) / L[i][i];
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let j = i + 1; j < n; j++) x[i] -= L[j][i] * x[j];
    x[i] /= L[i][i];
  }
  return x;
}

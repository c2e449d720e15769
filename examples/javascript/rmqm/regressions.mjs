// Regressions of reconstruction errors on log volumes or traces (RMQM-JAC-013 to 016).

import { demand, shown } from "./refusal.mjs";
import { studentT } from "./student_t.mjs";
import { dot, mean } from "./sums.mjs";

const FEWEST = 4; // points of each set
const FLAT = 1e-12; // a spread that is no more than this of the values is none

/** Equation (6) of log volumes with orientations, or (7) of traces without. */
export function regressionOf(train, test, reading) {
  demand(["absolute", "dropped"].includes(reading), `reading must be absolute or dropped; got ${reading}`);
  const points = [...pointsOf(train, 0, "train"), ...pointsOf(test, 1, "test")];
  const signed = [train, test].map(({ orientations }) => orientations !== null);
  demand(signed[0] === signed[1], "orientations must be given for both sets or for none");
  const used = points.filter(({ sign }) => (reading === "dropped" ? sign > 0 : sign !== 0));
  const counts = [0, 1].map((set) => used.filter((point) => point.set === set).length);
  demand(Math.min(...counts) >= FEWEST, `a regression needs ${FEWEST} points of each set; got ${counts}`);
  demandFinite(points.map((point) => point.error), "an error");
  demandFinite(used.map((point) => point.value), "a value that is used");
  const y = standardised(used.map((point) => point.error), (reading === "dropped" ? points : used).map((p) => p.error));
  const values = used.map((point) => point.value);
  demandSpread(used, values);
  return fitted(standardised(values, values), used.map((point) => point.set), y, counts);
}

function pointsOf({ errors, values, orientations }, set, name) {
  const arrays = orientations === null ? [errors, values] : [errors, values, orientations];
  const fits = arrays.every(({ shape }) => shape.length === 1 && shape[0] === errors.shape[0]);
  const shapes = arrays.map((array) => `(${array.shape})`);
  demand(fits, `each point of ${name} must have an error, a value and an orientation; got ${shapes}`);
  const [e, v, s] = [errors.floats(), values.floats(), orientations?.floats()];
  return Array.from(e, (error, i) => {
    const sign = s ? s[i] : 1;
    demand([-1, 0, 1].includes(sign), `an orientation must be -1, 0 or 1; got ${sign}`);
    return { error, value: v[i], sign, set };
  });
}

function demandFinite(values, what) {
  const bad = values.find((value) => !Number.isFinite(value));
  demand(bad === undefined, `${what} must be finite (RMQM-JAC-013); got ${shown(bad)}`);
}

function demandSpread(used, values) {
  const span = (list) => list.reduce((a, b) => Math.max(a, b)) - list.reduce((a, b) => Math.min(a, b));
  for (const set of [0, 1]) {
    const own = used.filter((point) => point.set === set).map((point) => point.value);
    demand(span(own) > FLAT * span(values), `values must vary within training and test; got ${own[0]} alone`);
  }
}

/** Less the mean of other values, in their standard deviations. */
function standardised(values, over) {
  const middle = mean(over);
  const spread = Math.sqrt(mean(over.map((value) => (value - middle) ** 2)));
  const largest = over.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  demand(spread > FLAT * largest, `errors and values must vary (RMQM-JAC-013); got ${over[0]} for all points`);
  return values.map((value) => (value - middle) / spread);
}

function fitted(x, t, y, [nTrain, nTest]) {
  const columns = [x.map(() => 1), x, t, x.map((value, i) => t[i] * value)];
  const { q, solve } = orthogonalised(columns);
  const b = solve(q.map((column) => dot(column, y)));
  const residuals = y.map((value, i) => value - columns.reduce((sum, column, k) => sum + b[k] * column[i], 0));
  // What a point adds to the coefficients, its residual divided by 1 less its leverage (HC3).
  const scores = x.map((_, i) => {
    const row = q.map((column) => column[i]);
    return solve(row).map((value) => (value * residuals[i]) / (1 - dot(row, row)));
  });
  const quantile = studentT(x.length - 4);
  const reach = (weights) => quantile * Math.sqrt(scores.reduce((sum, s) => sum + dot(weights, s) ** 2, 0));
  const half = b.map((_, k) => reach(b.map((__, j) => Number(j === k))));
  const [slope, wide] = [b[1] + b[3], reach([0, 1, 0, 1])];
  return {
    coefficients: b,
    lows: b.map((value, k) => value - half[k]),
    highs: b.map((value, k) => value + half[k]),
    slope,
    low: slope - wide,
    high: slope + wide,
    nTrain,
    nTest,
  };
}

/** Columns made orthonormal (Gram and Schmidt, each column twice), and how to solve with what that took. */
function orthogonalised(columns) {
  const q = [];
  const r = columns.map((column, k) => {
    let rest = column;
    const taken = Array(columns.length).fill(0);
    for (let turn = 0; turn < 2; turn++) {
      q.forEach((unit, j) => {
        const along = dot(unit, rest);
        taken[j] += along;
        rest = rest.map((value, i) => value - along * unit[i]);
      });
    }
    taken[k] = Math.sqrt(dot(rest, rest));
    q.push(rest.map((value) => value / taken[k]));
    return taken;
  });
  const solve = (right) => {
    const found = right.slice();
    for (let k = found.length - 1; k >= 0; k--) {
      for (let j = k + 1; j < found.length; j++) found[k] -= r[j][k] * found[j];
      found[k] /= r[k][k];
    }
    return found;
  };
  return { q, solve };
}

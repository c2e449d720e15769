// Neighbourhoods by non-negative kernel regression, and what follows from them (family RMQM-NNK).

import { distance } from "./distances.mjs";
import { nonNegative } from "./non_negative.mjs";
import { demand, isInteger, shown } from "./refusal.mjs";
import { dot } from "./sums.mjs";
import { unitVector } from "./unit_vectors.mjs";

const DECIMALS = 1e12; // what agrees to 12 decimals is equal
const DUST = 1e-10;

/** The neighbourhoods of queries: of each, candidates, weights, shares and error. */
export function neighbourhoods(queries, gallery, own, k, kernel, bandwidth) {
  demandKernel(kernel, bandwidth);
  demandTables(queries, gallery);
  const [M, G] = [queries.shape[0], gallery.shape[0]];
  demandPlaces(own, M, G);
  const most = own === null ? G : G - 1;
  demand(isInteger(k) && k >= 1 && k <= most, `k must be from 1 to ${most} (RMQM-NNK-002); got ${k}`);
  const [asked, points] = [ready(queries, kernel, "query"), ready(gallery, kernel, "point")];
  const value = (d) => (kernel === "cosine" ? 1 - (d * d) / 4 : Math.exp(-(d * d) / (2 * bandwidth * bandwidth)));
  return asked.map((query, i) => neighbourhood(query, points, own?.[i], k, value));
}

function neighbourhood(query, points, own, k, value) {
  const distances = points.map((point) => distance(query, point));
  const indices = nearest(distances, own).slice(0, k);
  const b = Float64Array.from(indices, (i) => value(distances[i]));
  const K = indices.map((i) => Float64Array.from(indices, (j) => value(distance(points[i], points[j]))));
  const weights = nonNegative(K, b).map((weight) => (weight > DUST ? weight : 0));
  const fitted = Float64Array.from(K, (row) => dot(row, weights));
  const error = Math.max(1 - 2 * dot(weights, b) + dot(weights, fitted), 0);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const shares = weights.map((weight) => (total > 0 ? weight / total : 0));
  const neighbours = indices.filter((_, place) => weights[place] > 0);
  return { indices, weights, shares, error, neighbours };
}

/** Places in order of distance, ties in order of place, without that of the query (RMQM-NNK-002, 003). */
function nearest(distances, own) {
  const rounded = distances.map(rounding);
  const places = rounded.map((_, i) => i).filter((i) => i !== own);
  return places.sort((i, j) => rounded[i] - rounded[j] || i - j);
}

function rounding(value) {
  return Math.round(value * DECIMALS);
}

/** The symmetric matrix of edges, row by row (RMQM-NNK-009). */
export function graphOf(points, k, kernel, bandwidth) {
  const everyone = Array.from({ length: points.shape[0] }, (_, i) => i);
  const found = neighbourhoods(points, points, everyone, k, kernel, bandwidth);
  const errors = found.map((one) => rounding(one.error));
  const given = (i, j) => found[i].weights[found[i].indices.indexOf(j)] ?? 0;
  const edge = (i, j) => {
    if (i === j) return 0;
    if (errors[i] === errors[j]) return Math.max(given(i, j), given(j, i));
    return errors[i] < errors[j] ? given(i, j) : given(j, i);
  };
  return everyone.map((i) => everyone.map((j) => edge(i, j)));
}

/** The largest distance of some representations as unit vectors (RMQM-NNK-010). */
export function diameterOf(representations) {
  const units = representations.map((one, i) => unitVector(one, `neighbour ${i}`));
  let widest = 0;
  units.forEach((unit, i) => units.slice(0, i).forEach((other) => (widest = Math.max(widest, distance(unit, other)))));
  return Math.min(widest, 2);
}

/** Diameter and number of neighbours of an input among its altered versions (RMQM-NNK-011). */
export function invarianceOf(versions, resolution, arrayOf) {
  demand(resolution >= 0 && resolution < 1, `resolution must be in [0, 1) (RMQM-RES-005); got ${shown(resolution)}`);
  const units = versions.map((version, level) => unitVector(version, `level ${level}`));
  const settled = units.slice(1).map((unit) => (distance(units[0], unit) < resolution ? units[0] : unit));
  const [found] = neighbourhoods(arrayOf([units[0]]), arrayOf(settled), null, settled.length, "cosine", null);
  const diameter = diameterOf(found.neighbours.map((i) => settled[i]));
  return { diameter: diameter < resolution ? 0 : diameter, count: found.neighbours.length };
}

/** The votes of each class and the class that wins; -1 where nobody votes (RMQM-NNK-012). */
export function votesOf({ indices, shares }, labels) {
  const votes = new Float64Array(Math.max(...labels) + 1);
  indices.forEach((i, place) => (votes[labels[i]] += shares[place]));
  const rounded = Array.from(votes, rounding);
  const winner = votes.some((vote) => vote > 0) ? rounded.indexOf(Math.max(...rounded)) : -1;
  return { votes, winner };
}

function demandKernel(kernel, bandwidth) {
  demand(["cosine", "gaussian"].includes(kernel), `kernel must be cosine or gaussian (RMQM-NNK-001); got ${kernel}`);
  const wide = kernel === "cosine" || (bandwidth !== null && bandwidth > 0 && bandwidth < Infinity);
  demand(wide, `bandwidth must be finite and above 0 (RMQM-NNK-001); got ${shown(bandwidth)}`);
}

function demandTables(queries, gallery) {
  const tables = queries.shape.length === 2 && gallery.shape.length === 2;
  const fit = tables && queries.shape[1] === gallery.shape[1] && queries.shape[1] > 0;
  demand(fit, `queries (${queries.shape}) and gallery (${gallery.shape}) must be vectors of one length (RMQM-NNK-001)`);
}

function demandPlaces(own, M, G) {
  const known = own === null || (own.length === M && own.every((i) => isInteger(i) && i >= 0 && i < G));
  demand(known, `own must be ${M} places in 0 to ${G - 1} (RMQM-NNK-003); got ${own}`);
}

export function demandLabels(labels, G) {
  const known = labels.length === G && labels.every((label) => isInteger(label) && label >= 0);
  demand(known, `labels must be ${G} numbers of at least 0 (RMQM-NNK-012); got ${labels}`);
}

function ready(table, kernel, what) {
  if (kernel === "cosine") return table.rows().map((row, i) => unitVector(row, `${what} ${i}`));
  const bad = table.floats().find((value) => !Number.isFinite(value));
  demand(bad === undefined, `a ${what} must be finite (RMQM-NNK-001); got ${shown(bad)}`);
  return table.rows();
}

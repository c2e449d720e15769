// Unit vectors of representations (RMQM-DIST-001, RMQM-DIST-002, RMQM-ENC-005).

import { demand, shown } from "./refusal.mjs";
import { dot, norm } from "./sums.mjs";

/** Divide a representation by its norm; `where` says whose it is. */
export function unitVector(representation, where) {
  const bad = representation.find((value) => !Number.isFinite(value));
  demand(bad === undefined, () => `a representation must be finite (RMQM-ENC-005); got ${shown(bad)} for ${where}`);
  const largest = representation.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  demand(largest > 0, () => `a representation must have a norm above zero (RMQM-ENC-005); got 0 for ${where}`);
  // Divided by its largest value first, so that no square overflows or underflows.
  const scaled = representation.map((value) => value / largest);
  const length = norm(scaled);
  return scaled.map((value) => value / length);
}

/** Pass a gradient with respect to the unit vector to the representation (RMQM-LOSS-001). */
export function pullBack(representation, unit, gradient) {
  const largest = representation.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const length = norm(representation.map((value) => value / largest));
  const along = dot(unit, gradient);
  return gradient.map((value, k) => (value - unit[k] * along) / length / largest);
}

// Displacements and step lengths (family RMQM-DIST), and the resolution (RMQM-RES-001).

import { demand, shown } from "./refusal.mjs";
import { norm } from "./sums.mjs";
import { unitVector } from "./unit_vectors.mjs";

const RESOLUTION = { float64: 1e-12, integer: 1e-12, float32: 1e-6, float16: 1e-3, bfloat16: 1e-3 };

const EXCESS = 1e-9; // above 2, by rounding

export function resolutionOf(arithmetic) {
  const known = Object.keys(RESOLUTION);
  demand(
    known.includes(arithmetic),
    `arithmetic must be one of ${known.join(", ")} (RMQM-RES-001); got ${JSON.stringify(arithmetic)}`,
  );
  return RESOLUTION[arithmetic];
}

/** Distances of one trajectory: the representations of one input, level 0 first. */
export function distancesOf(trajectory, name) {
  const units = trajectory.map((representation, level) => unitVector(representation, `${name} at level ${level}`));
  const altered = units.slice(1);
  return {
    displacements: altered.map((unit) => distance(units[0], unit)),
    stepLengths: altered.map((unit, before) => distance(units[before], unit)),
  };
}

/** RMQM-DIST-005: from the differences, never from the inner product. */
export function distance(a, b) {
  return norm(a.map((value, k) => value - b[k]));
}

/** Distances from elsewhere as rows of displacements and of step lengths (RMQM-DIST-007). */
export function distancesFromElsewhere(displacements, stepLengths) {
  const [shape, other] = [displacements.shape, stepLengths.shape];
  demand(
    shape.length === 2 && shape.join() === other.join(),
    `displacements and step lengths must have one shape (N, J) (RMQM-DIST-007); got (${shape}) and (${other})`,
  );
  demand(shape[0] > 0 && shape[1] > 0, `distances must not be empty (RMQM-DIST-007); got the shape (${shape})`);
  for (const [what, array] of Object.entries({ displacements, "step lengths": stepLengths })) {
    const bad = array.floats().find((value) => !(value >= 0 && value <= 2 + EXCESS));
    demand(bad === undefined, `${what} must lie in [0, 2] (RMQM-DIST-007); got ${shown(bad)}`);
  }
  return { displacements: displacements.rows(), stepLengths: stepLengths.rows() };
}

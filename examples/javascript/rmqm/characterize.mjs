// From distances to characteristics and the metric (families RMQM-D to RMQM-MET).

import { demand, demandVariant, shown } from "./refusal.mjs";
import { RELATIVE_CHANGES } from "./relative_change.mjs";
import { exactSum, mean } from "./sums.mjs";

// Smaller distances count as zero at any resolution, so that no quotient, square or sum becomes
// infinite (RMQM-DEG-010). RMQM-RES-001 knows no resolution below 1e-12.
const SMALLEST = 1e-100;

/** Rows of displacements and of step lengths, one for each input, as characteristics. */
export function characterize(displacements, stepLengths, variant, resolution) {
  demandVariant(variant);
  demand(resolution >= 0 && resolution < 1, `resolution must be in [0, 1) (RMQM-RES-005); got ${shown(resolution)}`);
  const J = displacements[0].length;
  demand(variant === "paper" || J >= 2, `authors-2022 needs J of at least 2 (RMQM-DRC-002); got ${J}`);

  const least = Math.max(resolution, SMALLEST);
  const resolved = (value) => (value < least ? 0 : value);
  const inputs = displacements.map((row, i) => ofInput(row.map(resolved), stepLengths[i].map(resolved), variant));
  const counted = inputs.filter((one) => one.counts);
  const result = {
    variant,
    J,
    inputs,
    D: resolved(mean(inputs.map((one) => one.D))),
    S: mean(inputs.map((one) => one.S)),
    D_RC: resolved(mean(counted.map((one) => one.D_RC))),
    P_RC: resolved(mean(counted.map((one) => one.P_RC))),
    undefined_D_RC: exactSum(inputs.map((one) => one.undefined_D_RC)),
    undefined_P_RC: exactSum(inputs.map((one) => one.undefined_P_RC)),
    left_out: inputs.length - counted.length,
  };
  const status = statusOf(result);
  const defined = status === "ok"; // RMQM-DEG-009
  const weighted = defined && variant === "paper"; // RMQM-MET-003
  return {
    ...result,
    status,
    rmqm: defined ? Math.log(insideLogarithm(result)) : NaN,
    weighted_rmqm: weighted ? Math.log(1 + 0.95 * result.D + 0.74 / result.D_RC + 0.11 / result.P_RC) : NaN,
  };
}

/** RMQM-MET-001 and RMQM-MET-002: U, whose logarithm is the metric. */
export function insideLogarithm({ variant, D, S, D_RC, P_RC }) {
  return exactSum([1, D, variant === "paper" ? 0 : S, 1 / D_RC, 1 / P_RC]);
}

function ofInput(displacements, stepLengths, variant) {
  const [ofDisplacements, ofStepLengths] = RELATIVE_CHANGES[variant](displacements, stepLengths);
  return {
    D: mean(displacements),
    S: mean(stepLengths),
    D_RC: ofDisplacements.mean,
    P_RC: ofStepLengths.mean,
    undefined_D_RC: ofDisplacements.undefinedTerms,
    undefined_P_RC: ofStepLengths.undefinedTerms,
    // The means of `paper` are always numbers; one that is not takes its input out of both means
    // in `authors-2022` (RMQM-DEG-004, RMQM-AGG-002).
    counts: !Number.isNaN(ofDisplacements.mean + ofStepLengths.mean),
  };
}

/** RMQM-DEG-008: the first that holds. */
function statusOf(result) {
  if (result.D === 0) return "collapsed";
  if (tooFewDefined(result)) return "undefined-terms";
  return result.D_RC === 0 || result.P_RC === 0 ? "constant-steps" : "ok";
}

/** RMQM-DEG-003 and RMQM-DEG-005, in integers. */
function tooFewDefined({ variant, inputs, J, undefined_D_RC, undefined_P_RC, left_out }) {
  const N = inputs.length;
  if (variant === "authors-2022") return left_out === N;
  return 100 * undefined_D_RC > N * J || 100 * undefined_P_RC > N * (J - 1);
}

// The 95 % interval of the metric (family RMQM-INT).

import { insideLogarithm } from "./characterize.mjs";
import { studentT } from "./student_t.mjs";
import { exactSum } from "./sums.mjs";

/** [low, high] around the metric of `characterize`; NaN where it is undefined. */
export function intervalOf(result) {
  const N = result.inputs.length;
  if (N < 2 || result.status !== "ok") return [NaN, NaN];
  const squares = influencesOf(result).map((influence) => influence ** 2);
  const half = studentT(N - 1) * Math.sqrt(exactSum(squares) / (N * (N - 1)));
  return [result.rmqm - half, result.rmqm + half];
}

/** RMQM-INT-001: what each input adds to the metric, to first order. */
function influencesOf(result) {
  const { inputs, variant, D, S, D_RC, P_RC, left_out } = result;
  const U = insideLogarithm(result);
  const weight = inputs.length / (inputs.length - left_out);
  return inputs.map((one) => {
    const evenness = one.counts ? weight * ((one.D_RC - D_RC) / D_RC ** 2 + (one.P_RC - P_RC) / P_RC ** 2) : 0;
    const length = variant === "paper" ? 0 : one.S - S;
    return (one.D - D + length - evenness) / U;
  });
}

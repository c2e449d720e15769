// White noise (families RMQM-ALT and RMQM-WN).

import { clip, demandInputs, rounding } from "./inputs.mjs";
import { NORMAL_TABLE } from "./normal_table.mjs";
import { NumericArray } from "./numeric_array.mjs";
import { keyOf, lanesOf } from "./philox.mjs";
import { demand, demandLevels, demandSeed, isInteger } from "./refusal.mjs";

export const GENERATOR = "philox4x64-10/quantile16";

/** Inputs (N, *S) at the levels asked for: (N, levels, *S). */
export function whiteNoise(inputs, ids, levels, J, seed, low, high, coupling) {
  demandInputs(inputs, ids, low, high);
  demandLevels(J);
  for (const level of levels) {
    demand(
      isInteger(level) && level >= 0 && level <= J,
      `levels must be integers in 0 to ${J} (RMQM-ALT-001); got ${level}`,
    );
  }
  const noise = noiseOf(J, seed, low, high, coupling);
  const altered = inputs.typedRows().flatMap((x, i) => levels.map((level) => noise(x, ids[i], level)));
  const [count, ...shape] = inputs.shape;
  return NumericArray.stack(inputs.type, [count, levels.length, ...shape], altered);
}

/** The alteration: a function of one input, its id and the level. */
export function noiseOf(J, seed, low, high, coupling = "independent") {
  demandLevels(J);
  demandSeed(seed);
  const share = (level) => Number(level) / Number(J);
  demand(
    coupling === "independent" || coupling === "common",
    `coupling must be "independent" or "common" (RMQM-WN-008, RMQM-WN-009); got ${JSON.stringify(coupling)}`,
  );
  return (x, id, level) => {
    if (level === 0) return x.slice();
    const key = keyOf(`rmqm-white-noise/1\n${seed}\n${id}`);
    const lanes = lanesOf(key, coupling === "common" ? 1 : level, x.length);
    return addNoise(x, lanes, share(level) * (high - low), low, high);
  };
}

/** RMQM-WN-007: scale, product and sum are rounded to the type one after the other. */
function addNoise(x, lanes, exactScale, low, high) {
  const round = rounding(x);
  const scale = round(exactScale);
  return x.map((value, k) => clip(round(value + round(scale * NORMAL_TABLE[lanes[k]])), round(low), round(high)));
}

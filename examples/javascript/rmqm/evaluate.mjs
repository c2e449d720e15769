// The whole way: alter inputs, encode them, measure, characterize.

import { characterize } from "./characterize.mjs";
import { distancesOf, resolutionOf } from "./distances.mjs";
import { demandInputs, distinctInputs } from "./inputs.mjs";
import { demand } from "./refusal.mjs";
import { noiseOf } from "./white_noise.mjs";

/** Characteristics of a network, which computes in float64, under white noise. */
export function evaluate(inputs, ids, low, high, network, J, seed, variant) {
  demandInputs(inputs, ids, low, high);
  demand(ids.length > 0, "an evaluation needs at least one input; got none");
  const noise = noiseOf(J, seed, low, high);
  const distances = distinctInputs(inputs, ids).map(([id, x]) => {
    const trajectory = Array.from({ length: J + 1 }, (_, level) => network.encode(noise(x, id, level)));
    return distancesOf(trajectory, `input ${id}`);
  });
  const displacements = distances.map((one) => one.displacements);
  const stepLengths = distances.map((one) => one.stepLengths);
  return characterize(displacements, stepLengths, variant, resolutionOf("float64"));
}

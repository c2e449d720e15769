// The protocol: all that changes a number (RMQM-PRO-001, RMQM-PRO-002).

import { resolutionOf } from "./distances.mjs";
import { GENERATOR } from "./white_noise.mjs";

/** The protocol of white noise; what is null takes its default. */
export function protocolOf(inputs, { low, high, n_levels: J, seed, variant }) {
  return {
    specification: "1.0",
    variant: variant ?? "paper",
    alteration: {
      name: "white noise",
      J: J ?? 99,
      schedule: "epsilon_j = j / J",
      bounds: [low, high],
      seed: seed ?? 0,
      coupling: "independent",
      generator: GENERATOR,
    },
    inputs: {
      shape: inputs.shape.slice(1),
      floating_type: inputs.type,
      resize: null,
      crop: null,
      interpolation: null,
    },
    resolution: resolutionOf("float64"),
  };
}

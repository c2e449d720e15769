// A small encoder of this implementation's own: one dense layer with fixed weights and tanh,
// float32 in and out (family RMQM-ENC).

import { Network } from "./network.mjs";
import { NumericArray, sizeOf } from "./numeric_array.mjs";
import { demand } from "./refusal.mjs";
import { unitVector } from "./unit_vectors.mjs";

export const DESCRIPTION = { shape: [3, 4], dtype: "<f4", low: 0, high: 1, arithmetic: "float32" };

const P = sizeOf(DESCRIPTION.shape);
const E = 5;

// Small fractions without a pattern that repeats from row to row.
const NETWORK = new Network({
  weight: NumericArray.of("f8", [E, P], Array.from({ length: E * P }, (_, k) => (((k * k + 3 * k) % 23) - 11) / 16)),
  bias: NumericArray.of("f8", [E], Array.from({ length: E }, (_, e) => (e + 1) / 8)),
  scale: 2,
  mean: 1,
  std: 1,
  activation: "tanh",
});

/** Representations (N, E) of inputs (N, 3, 4). */
export function encode(inputs) {
  const encodings = rowsOf(inputs).map((row) => NETWORK.encode(row));
  encodings.forEach((encoding, i) => unitVector(encoding, `input ${i}`)); // RMQM-ENC-005
  return NumericArray.stack("f4", [encodings.length, E], encodings);
}

/** Vector-Jacobian products (N, 3, 4), row by row (RMQM-ENC-008). */
export function vjp(inputs, cotangent) {
  const rows = rowsOf(inputs);
  demand(
    cotangent.shape.join() === `${rows.length},${E}`,
    `cotangent must have the shape (${rows.length}, ${E}); got (${cotangent.shape})`,
  );
  const cotangents = cotangent.rows();
  return NumericArray.stack("f4", inputs.shape, rows.map((row, i) => NETWORK.vjp(row, cotangents[i])));
}

function rowsOf(inputs) {
  const [count, ...shape] = inputs.shape;
  demand(
    inputs.type === "f4" && shape.join() === DESCRIPTION.shape.join() && count >= 1,
    `the encoder takes float32 inputs of shape (N, ${DESCRIPTION.shape.join(", ")}); got ${inputs.type} (${inputs.shape})`,
  );
  return inputs.typedRows();
}

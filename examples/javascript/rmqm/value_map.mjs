// From altered inputs to the values that a network takes (RMQM-ALT-008).

import { halfBits, NumericArray, toEven } from "./numeric_array.mjs";
import { demand } from "./refusal.mjs";

const ROUNDINGS = { float64: Number, float32: Math.fround, float16: Math.fround, uint8: Math.fround };

/** Map inputs (N, C, ...) by scale, mean and std: a product and a sum, each rounded by itself. */
export function mapValues(inputs, scale, mean, std, dtype) {
  demand(Object.hasOwn(ROUNDINGS, dtype), `dtype must be among ${Object.keys(ROUNDINGS).join(", ")}; got ${dtype}`);
  demand(std.floats().every((value) => value > 0), `std must be above zero; got ${std.floats().join(", ")}`);
  for (const given of [mean, std]) {
    const count = given.floats().length;
    demand([1, inputs.shape[1]].includes(count), `mean and std must have 1 or ${inputs.shape[1]} values; got ${count}`);
  }
  const [factors, offsets] = constants(scale, mean.floats(), std.floats(), ROUNDINGS[dtype]);
  const values = inputs.floats();
  const identity = factors.every((a) => a === 1) && offsets.every((b) => b === 0);
  const round = inputs.type === "f4" && dtype !== "float64" ? Math.fround : Number;
  const channels = inputs.shape[1];
  const plane = inputs.shape.slice(2).reduce((size, length) => size * length, 1);
  const mapped = Float64Array.from(values, (x, at) => {
    const channel = factors.length === 1 ? 0 : Math.floor(at / plane) % channels;
    return identity ? x : round(round(x * factors[channel]) + offsets[channel]);
  });
  return inType(mapped, inputs.shape, dtype);
}

function constants(scale, mean, std, round) {
  const count = Math.max(mean.length, std.length);
  const pick = (values, channel) => values[values.length === 1 ? 0 : channel];
  const channels = Array.from({ length: count }, (_, channel) => channel);
  return [
    channels.map((channel) => round(scale / pick(std, channel))),
    channels.map((channel) => round(-pick(mean, channel) / pick(std, channel))),
  ];
}

function inType(values, shape, dtype) {
  if (dtype === "uint8") return NumericArray.of("u1", shape, values.map((v) => Math.min(Math.max(toEven(v), 0), 255)));
  if (dtype === "float16") return NumericArray.of("f2", shape, Array.from(values, halfBits));
  return NumericArray.of(dtype === "float64" ? "f8" : "f4", shape, values);
}

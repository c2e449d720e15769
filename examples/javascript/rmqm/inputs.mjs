// Inputs in declared bounds (RMQM-INP-001, 003, 004 and 006 to 009).

import { contentId, orderedIds } from "./content_id.mjs";
import { halfBits, halfPrecision, NumericArray } from "./numeric_array.mjs";
import { demand, shown } from "./refusal.mjs";

/** Bring one input into the shape and the type in which it is altered, and name it. */
export function prepare(input, kind, low, high) {
  demand(kind === "image" || kind === "array", `kind of an input must be "image" or "array"; got ${kind}`);
  demandBounds(low, high);
  return kind === "image" ? prepareImage(input, low, high) : prepareArray(input, low, high);
}

function prepareArray(input, low, high) {
  const id = contentId(input);
  // RMQM-INP-007: integers and half precision become float64, which holds them.
  const values = NumericArray.of(input.type === "f4" ? "f4" : "f8", input.shape, input.floats());
  demandWithin({ type: input.type, floats: () => values.floats() }, [id], low, high);
  return { id, values };
}

function prepareImage(given, low, high) {
  demand(low === 0 && high === 1, `bounds of images must be [0, 1] (RMQM-INP-001); got [${low}, ${high}]`);
  const image = given.shape.length === 2 ? new NumericArray(given.type, [...given.shape, 1], given.bytes) : given;
  const [height, width, channels] = image.shape;
  demand(
    image.shape.length === 3 && (channels === 1 || channels === 3),
    `an image must have the shape (H, W, 1) or (H, W, 3) (RMQM-INP-003); got (${given.shape.join(", ")})`,
  );
  const id = contentId(image);
  const floats = image.floats();
  // The quotient in float64, rounded to float32, is the correctly rounded one (RMQM-INP-006).
  const scaled = image.type === "u1" ? floats.map((value) => value / 255) : floats;
  demandWithin({ type: image.type, shape: image.shape, floats: () => scaled }, [id], low, high);
  const values = new Float32Array(scaled.length);
  for (let c = 0, k = 0; c < channels; c++) {
    for (let pixel = 0; pixel < height * width; pixel++) values[k++] = scaled[pixel * channels + c];
  }
  return { id, values: NumericArray.of("f4", [channels, height, width], values) };
}

export function demandBounds(low, high) {
  demand(
    Number.isFinite(low) && Number.isFinite(high) && low < high,
    `bounds [low, high] must be finite with low < high (RMQM-INP-001); got [${shown(low)}, ${shown(high)}]`,
  );
}

/** Refuse arrays (N, *S) that cannot be altered, and names that are not one for each input. */
export function demandInputs(inputs, ids, low, high) {
  demandBounds(low, high);
  demand(
    inputs.type === "f4" || inputs.type === "f8",
    `inputs must be of type float32 or float64 (RMQM-INP-007); got ${inputs.type}`,
  );
  demand(
    inputs.shape.length >= 1 && inputs.shape[0] === ids.length,
    `ids must name each input of shape (N, *S); got ${ids.length} ids for shape (${inputs.shape.join(", ")})`,
  );
  demandWithin(inputs, ids, low, high);
}

/** RMQM-INP-008; bounds count in the type of the values, in which they are clipped to them. */
function demandWithin(inputs, ids, low, high) {
  const round = inputs.type === "f2" ? (bound) => halfPrecision(halfBits(bound)) : rounding(inputs);
  const floats = inputs.floats();
  const bad = floats.findIndex((value) => !(value >= round(low) && value <= round(high)));
  demand(bad < 0, () => {
    const id = ids[Math.floor((bad * ids.length) / floats.length)];
    const value = shown(floats[bad]);
    return `values of inputs must lie within the bounds [${low}, ${high}] (RMQM-INP-008); got ${value} in input ${id}`;
  });
}

/** Inputs as [id, values], each id once (RMQM-INP-004), ordered by id (RMQM-INP-005). */
export function distinctInputs(inputs, ids) {
  const named = new Map(inputs.typedRows().map((values, i) => [ids[i], values]));
  return orderedIds(ids).map((id) => [id, named.get(id)]);
}

/** How one operation rounds its result in the type of an array. */
export function rounding(array) {
  return array.type === "f4" || array instanceof Float32Array ? Math.fround : (value) => value;
}

export function clip(value, low, high) {
  return value < low ? low : value > high ? high : value;
}

// One vector per input of an output of higher rank (RMQM-ENC-006).

import { NumericArray } from "./numeric_array.mjs";
import { demand } from "./refusal.mjs";
import { mean } from "./sums.mjs";

export function pool(output, how) {
  const { shape } = output;
  demand(["flatten", "cls", "mean"].includes(how), `pooling must be flatten, cls or mean (RMQM-ENC-006); got ${how}`);
  demand(shape.length >= 2, `pooling needs an output (N, ...) of rank 2 or higher; got the shape (${shape})`);
  demand(how !== "cls" || shape.length === 3, `cls needs an output (N, T, E) (RMQM-ENC-006); got the shape (${shape})`);
  demand(how !== "mean" || shape.length >= 3, `mean needs tokens or a feature map (RMQM-ENC-006); got the shape (${shape})`);
  const pooled = output.rows().map((row) => poolRow(row, how, shape));
  return NumericArray.stack("f8", [shape[0], pooled[0]?.length ?? 0], pooled);
}

function poolRow(row, how, shape) {
  if (how === "flatten") return row;
  const [, first, last] = shape;
  if (how === "cls") return row.slice(0, last);
  const tokens = shape.length === 3;
  const channels = tokens ? last : first;
  const places = row.length / channels;
  return Float64Array.from({ length: channels }, (_, c) =>
    mean(Float64Array.from({ length: places }, (_, k) => row[tokens ? k * channels + c : c * places + k])),
  );
}

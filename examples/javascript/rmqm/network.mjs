// A dense layer behind a value map, as an encoder that computes in float64:
// f(x) = activation(weight @ ((scale * x - mean) / std) + bias).

import { demand } from "./refusal.mjs";
import { dot } from "./sums.mjs";

export class Network {
  constructor({ weight, bias, scale, mean, std, activation }) {
    demand(
      activation === "identity" || activation === "tanh",
      `activation must be "identity" or "tanh"; got ${JSON.stringify(activation)}`,
    );
    demand(
      weight.shape.length === 2 && bias.shape.join() === String(weight.shape[0]),
      `weight (E, P) and bias (E) must have one E; got the shapes (${weight.shape}) and (${bias.shape})`,
    );
    this.rows = weight.rows();
    this.bias = bias.floats();
    this.width = weight.shape[1];
    Object.assign(this, { scale, mean, std, activation });
  }

  /** The representation of one input. */
  encode(input) {
    demand(input.length === this.width, `the encoder takes ${this.width} values; got ${input.length}`);
    const mapped = Float64Array.from(input, (value) => (this.scale * value - this.mean) / this.std);
    const sums = Float64Array.from(this.rows, (row, e) => dot(row, mapped) + this.bias[e]);
    return this.activation === "tanh" ? sums.map(Math.tanh) : sums;
  }

  /** Vector-Jacobian product with respect to the input in its bounds (RMQM-ENC-008, RMQM-PGD-003). */
  vjp(input, cotangent) {
    const outputs = this.encode(input);
    const gradient = new Float64Array(this.width);
    this.rows.forEach((row, e) => {
      const slope = this.activation === "tanh" ? 1 - outputs[e] ** 2 : 1;
      row.forEach((weight, k) => {
        gradient[k] += cotangent[e] * slope * weight;
      });
    });
    return gradient.map((value) => value * (this.scale / this.std));
  }
}

// Networks of dense layers x -> activation(weight @ x + bias), and their Jacobians (RMQM-JAC-001 to 003).

import { demand, shown } from "./refusal.mjs";
import { dot } from "./sums.mjs";

const ACTIVATIONS = {
  identity: { value: (s) => s, slope: () => 1 },
  tanh: { value: Math.tanh, slope: (s) => 1 - Math.tanh(s) ** 2 },
  relu: { value: (s) => (s > 0 ? s : 0), slope: (s) => (s > 0 ? 1 : 0) }, // no slope at the kink
};

export class Layers {
  constructor(layers) {
    demand(layers.length > 0, "a network must have a layer; got none");
    this.layers = layers.map(({ weight, bias, activation }) => {
      const known = Object.hasOwn(ACTIVATIONS, activation);
      demand(known, `activation must be one of ${Object.keys(ACTIVATIONS)}; got ${JSON.stringify(activation)}`);
      const fits = weight.shape.length === 2 && bias.shape.length === 1 && bias.shape[0] === weight.shape[0];
      demand(fits, `weight (O, I) and bias (O) must fit; got (${weight.shape}) and (${bias.shape})`);
      return { rows: weight.rows(), width: weight.shape[1], bias: bias.floats(), ...ACTIVATIONS[activation] };
    });
    this.layers.slice(1).forEach(({ width }, k) => {
      const given = this.layers[k].bias.length;
      demand(width === given, `a layer must take the ${given} values of the last one; got ${width}`);
    });
    this.inputs = this.layers[0].width;
    this.outputs = this.layers.at(-1).bias.length;
  }

  /** The rows of a table of inputs of this network. */
  rowsOf(table) {
    const fits = table.shape.length === 2 && table.shape[0] > 0 && table.shape[1] === this.inputs;
    demand(fits, `inputs must have the shape (N, ${this.inputs}) (RMQM-JAC-001); got (${table.shape})`);
    return finite(table, "an input").rows();
  }

  /** The encoding of an input, and the slopes of all units. */
  through(input) {
    const slopes = [];
    let values = input;
    for (const { rows, bias, value, slope } of this.layers) {
      const sums = Float64Array.from(rows, (row, e) => dot(row, values) + bias[e]);
      values = sums.map(value);
      slopes.push(sums.map(slope));
    }
    return { values, slopes };
  }

  /** The Jacobian times a tangent. */
  push(slopes, tangent) {
    return this.layers.reduce(
      (moved, { rows }, k) => Float64Array.from(rows, (row, e) => slopes[k][e] * dot(row, moved)),
      tangent,
    );
  }

  /** A cotangent times the Jacobian. */
  pull(slopes, cotangent) {
    return this.layers.reduceRight((moved, { rows, width }, k) => {
      const pulled = new Float64Array(width);
      rows.forEach((row, e) => row.forEach((weight, i) => (pulled[i] += moved[e] * slopes[k][e] * weight)));
      return pulled;
    }, cotangent);
  }

  /** The encoding of an input and its Jacobian, row by row. */
  differentiate(input) {
    const { values, slopes } = this.through(input);
    const rows = Array.from(values, (_, e) => this.pull(slopes, Float64Array.from(values, (__, i) => Number(i === e))));
    return { values, jacobian: rows };
  }
}

/** The same array, if all of its values are finite. */
export function finite(array, what) {
  const bad = array.floats().find((value) => !Number.isFinite(value));
  demand(bad === undefined, `${what} must be finite (RMQM-JAC-001); got ${shown(bad)}`);
  return array;
}

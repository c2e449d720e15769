// What a gradient in a file is good for: saliency, integrated gradients, the norm of the Jacobian.
//
//     rmqm-spec gradient examples/digits_ntxent.onnx --out gradient.onnx
//     npm install onnxruntime-node
//     node uses.mjs gradient.onnx
//
// The same as uses.py, in JavaScript.

import ort from "onnxruntime-node";

const path = process.argv[2];
const session = await ort.InferenceSession.create(path);
const [input, cotangent] = session.inputNames;
const [encodings, gradient] = session.outputNames;
const [shape, size] = lengths(session);

/** The lengths of a row of the input, and of an encoding, as the file declares them. */
function lengths(session) {
  const [given, seed] = session.inputMetadata.map((entry) => entry.shape.slice(1));
  return [given, seed[0]];
}

/** Value k of the encoding of one input, and its gradient. */
async function ofValue(pixels, k) {
  const seed = new Float32Array(size);
  seed[k] = 1;
  const results = await session.run({
    [input]: new ort.Tensor("float32", pixels, [1, ...shape]),
    [cotangent]: new ort.Tensor("float32", seed, [1, size]),
  });
  return [results[encodings].data[k], results[gradient].data];
}

/** How strongly each pixel moves value k of the encoding. */
async function saliency(pixels, k) {
  return (await ofValue(pixels, k))[1].map(Math.abs);
}

/** Each pixel's share of the difference of value k to a black input. */
async function integratedGradients(pixels, k, steps = 256) {
  const total = new Float64Array(pixels.length);
  for (let step = 0; step < steps; step++) {
    const factor = Math.fround((step + 0.5) / steps);
    const [, slope] = await ofValue(pixels.map((pixel) => pixel * factor), k);
    slope.forEach((value, i) => (total[i] += value));
  }
  return total.map((value, i) => (pixels[i] * value) / steps);
}

/** The Frobenius norm of the Jacobian: each row of the identity pulled back. */
async function jacobianNorm(pixels) {
  let squares = 0;
  for (let k = 0; k < size; k++) {
    const [, row] = await ofValue(pixels, k);
    row.forEach((value) => (squares += value * value));
  }
  return Math.sqrt(squares);
}

const length = shape.reduce((product, dim) => product * dim, 1);
const pixels = Float32Array.from({ length }, (_, i) => ((i * 37) % 101) / 100);
const [value] = await ofValue(pixels, 0);
const [black] = await ofValue(new Float32Array(length), 0);
const salient = await saliency(pixels, 0);
const shares = await integratedGradients(pixels, 0);
console.log(
  JSON.stringify({
    most_salient: salient.indexOf(Math.max(...salient)),
    difference: value - black,
    sum_of_shares: shares.reduce((sum, share) => sum + share, 0),
    jacobian_norm: await jacobianNorm(pixels),
  }),
);

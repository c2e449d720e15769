// Spectra of Jacobians (family RMQM-JAC): of matrices, of autoencoders, of encoders alone.

import { eigenvaluesOf } from "./eigenvalues.mjs";
import { determinant, product, scaleOf, scaled, singularValues } from "./matrices.mjs";
import { demand } from "./refusal.mjs";
import { dot, mean, norm } from "./sums.mjs";

const EPSILON = 2 ** -52;
const SMALL = 0.1;
const ROUNDING = 64; // singular values up to so many units of the Jacobian are zero

/** What is said of a square matrix (RMQM-JAC-007 to 010). */
export function spectrumOf(A) {
  const n = A.length;
  const roots = eigenvaluesOf(A).sort((a, b) => Math.hypot(...b) - Math.hypot(...a));
  const trace = A.reduce((sum, row, i) => sum + row[i], 0);
  const { sign, log } = volumeOf(A);
  return {
    roots,
    trace,
    logVolume: log,
    orientation: sign,
    arithmeticMean: trace / n,
    geometricMean: Math.exp(log / n),
    small: roots.filter((root) => Math.hypot(...root) < SMALL).length,
    angles: roots.map(angleOf),
  };
}

/** Sign and log of the modulus of the determinant, which a singular matrix does not have (RMQM-JAC-009). */
function volumeOf(A) {
  const s = singularValues(A);
  if (s.at(-1) <= A.length * EPSILON * s[0]) return { sign: 0, log: -Infinity };
  const scale = scaleOf(A);
  const { sign, log } = determinant(scaled(A, 1 / scale));
  return { sign, log: log + A.length * Math.log(scale) };
}

function angleOf([re, im]) {
  if (re === 0 && im === 0) return NaN;
  return im === 0 ? (re < 0 ? Math.PI : 0) : Math.atan2(im, re);
}

/** Both Jacobians of an autoencoder at an input, the second as its smaller equivalent (RMQM-JAC-004 to 006). */
export function roundTrip(encoder, decoder, input) {
  const { values: latent, jacobian: atInput } = encoder.differentiate(input);
  const { values: again, jacobian: decoding } = decoder.differentiate(latent);
  const { jacobian: atAgain } = encoder.differentiate(again);
  const wide = latent.length > input.length;
  return {
    latent,
    again,
    error: mean(Array.from(again, (value, k) => (value - input[k]) ** 2)),
    ofLatent: product(atAgain, decoding),
    ofInput: wide ? product(decoding, atInput) : product(atInput, decoding),
  };
}

/** Singular values of the unit encoding, and norm, rank, condition and volume (RMQM-JAC-011, RMQM-JAC-012). */
export function stretchesOf(encoder, input, where) {
  const { values: z, jacobian: J } = encoder.differentiate(input);
  const length = norm(z);
  demand(length > 0, `an encoding must have a norm above zero (RMQM-JAC-011); got 0 for ${where}`);
  const unit = z.map((value) => value / length);
  const along = Float64Array.from(input, (_, k) => J.reduce((sum, row, e) => sum + unit[e] * row[k], 0));
  const turned = J.map((row, e) => row.map((value, k) => (value - unit[e] * along[k]) / length));
  const s = singularValues(turned).slice(0, Math.min(z.length - 1, input.length));
  const limit = (ROUNDING * EPSILON * norm(J.flatMap((row) => Array.from(row)))) / length;
  return { singularValues: s, ...measuresOf(s.map((value) => (value > limit ? value : 0))) };
}

function measuresOf(s) {
  const total = s.reduce((sum, value) => sum + value, 0);
  const shares = s.filter((value) => value > 0).map((value) => value / total);
  return {
    norm: Math.sqrt(dot(s, s)),
    rank: total > 0 ? Math.exp(-shares.reduce((sum, p) => sum + p * Math.log(p), 0)) : NaN,
    condition: Math.log10(s[0] / s.at(-1)),
    volume: s.reduce((sum, value) => sum + Math.log(value), 0) / s.length,
  };
}

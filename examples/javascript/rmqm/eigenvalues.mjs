// Eigenvalues of real matrices: Hessenberg form, then double steps of the QR algorithm (J. G. F. Francis, 1961).

import { scaleOf, scaled } from "./matrices.mjs";
import { dot } from "./sums.mjs";

const EPSILON = 2 ** -52;
const STEPS = 60; // for each eigenvalue; two or three are usual

/** The eigenvalues as pairs of real and imaginary part; those that are not real in conjugate pairs. */
export function eigenvaluesOf(A) {
  const scale = scaleOf(A);
  const H = hessenberg(scaled(A, 1 / scale));
  const found = [];
  let [last, steps] = [H.length - 1, 0];
  while (last >= 0) {
    const first = startOfBlock(H, last);
    if (first === last) found.push([H[last][last], 0]);
    else if (first === last - 1) found.push(...ofTwo(H, first));
    else if (steps++ > STEPS) throw new Error("the QR algorithm found no eigenvalue");
    else {
      doubleStep(H, first, last, steps % 10 === 0);
      continue;
    }
    last = first - 1;
    steps = 0;
  }
  return found.map(([re, im]) => [re * scale, im * scale]);
}

/** The same eigenvalues, and zeros below the first subdiagonal. */
function hessenberg(A) {
  const H = A.map((row) => row.slice());
  const n = H.length;
  for (let k = 0; k < n - 2; k++) {
    reflect(H, k + 1, H.slice(k + 1).map((row) => row[k]), 0, n - 1, k);
    for (let i = k + 2; i < n; i++) H[i][k] = 0;
  }
  return H;
}

/** Where the block that ends at `last` begins; what lies left of it is set to zero. */
function startOfBlock(H, last) {
  for (let k = last; k > 0; k--) {
    const size = Math.abs(H[k][k]) + Math.abs(H[k - 1][k - 1]) || 1;
    if (Math.abs(H[k][k - 1]) <= EPSILON * size) {
      H[k][k - 1] = 0;
      return k;
    }
  }
  return 0;
}

/** Both eigenvalues of a block of two; the larger real one first, so that nothing cancels. */
function ofTwo(H, k) {
  const [a, b, c, d] = [H[k][k], H[k][k + 1], H[k + 1][k], H[k + 1][k + 1]];
  const half = (a - d) / 2;
  const square = half * half + b * c;
  const middle = (a + d) / 2;
  if (square < 0) return [[middle, Math.sqrt(-square)], [middle, -Math.sqrt(-square)]];
  const far = half + (half >= 0 ? Math.sqrt(square) : -Math.sqrt(square));
  return [[d + far, 0], [far === 0 ? d : d - (b * c) / far, 0]];
}

/** A step with both eigenvalues of the last two rows for shifts, in real arithmetic. */
function doubleStep(H, first, last, stuck) {
  const m = last - 1;
  let sum = H[m][m] + H[last][last];
  let det = H[m][m] * H[last][last] - H[m][last] * H[last][m];
  if (stuck) {
    const size = Math.abs(H[last][m]) + Math.abs(H[m][m - 1]);
    [sum, det] = [1.5 * size, size * size];
  }
  const [a, b, c] = [H[first][first], H[first][first + 1], H[first + 1][first]];
  const e = H[first + 1][first + 1];
  let vector = [a * a + b * c - sum * a + det, c * (a + e - sum), c * H[first + 2][first + 1]];
  for (let k = first; k <= last - 1; k++) {
    const size = Math.min(3, last - k + 1);
    reflect(H, k, vector.slice(0, size), first, last, Math.max(first, k - 1));
    if (k > first) for (let i = 1; i < size; i++) H[k + i][k - 1] = 0;
    vector = [1, 2, 3].map((i) => (k + i <= last ? H[k + i][k] : 0));
  }
}

/** Reflect rows and columns from `at` on, so that `vector` turns to its first axis. */
function reflect(H, at, vector, first, last, column) {
  const largest = Math.max(...vector.map(Math.abs));
  if (largest === 0) return;
  const v = vector.map((value) => value / largest);
  v[0] += (v[0] >= 0 ? 1 : -1) * Math.sqrt(dot(v, v));
  const factor = 2 / dot(v, v);
  for (let j = column; j <= last; j++) {
    let along = 0;
    for (let i = 0; i < v.length; i++) along += v[i] * H[at + i][j];
    for (let i = 0; i < v.length; i++) H[at + i][j] -= factor * along * v[i];
  }
  for (let i = first; i <= Math.min(last, at + v.length); i++) {
    let along = 0;
    for (let j = 0; j < v.length; j++) along += H[i][at + j] * v[j];
    for (let j = 0; j < v.length; j++) H[i][at + j] -= factor * along * v[j];
  }
}

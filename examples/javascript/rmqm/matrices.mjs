// Small dense matrices as lists of rows: products, determinants, singular values.

import { dot, norm } from "./sums.mjs";

export function product(A, B) {
  const columns = transposed(B);
  return A.map((row) => Float64Array.from(columns, (column) => dot(row, column)));
}

export function transposed(A) {
  return Array.from(A[0], (_, k) => Float64Array.from(A, (row) => row[k]));
}

export function largestOf(A) {
  return A.reduce((most, row) => row.reduce((best, value) => Math.max(best, Math.abs(value)), most), 0);
}

/** A power of two near the largest value, so that squares and products stay in the range of float64. */
export function scaleOf(A) {
  const largest = largestOf(A);
  return largest === 0 ? 1 : 2 ** Math.max(-1022, Math.min(1023, Math.floor(Math.log2(largest))));
}

export function scaled(A, factor) {
  return A.map((row) => row.map((value) => value * factor));
}

/** Sign and natural logarithm of the modulus of a determinant, by elimination with pivots. */
export function determinant(A) {
  const rows = A.map((row) => row.slice());
  let [sign, log] = [1, 0];
  for (let k = 0; k < rows.length; k++) {
    let best = k;
    for (let i = k + 1; i < rows.length; i++) if (Math.abs(rows[i][k]) > Math.abs(rows[best][k])) best = i;
    if (best !== k) {
      [rows[k], rows[best]] = [rows[best], rows[k]];
      sign = -sign;
    }
    const pivot = rows[k][k];
    if (pivot === 0) return { sign: 0, log: -Infinity };
    sign *= Math.sign(pivot);
    log += Math.log(Math.abs(pivot));
    for (let i = k + 1; i < rows.length; i++) {
      const share = rows[i][k] / pivot;
      for (let j = k; j < rows.length; j++) rows[i][j] -= share * rows[k][j];
    }
  }
  return { sign, log };
}

/** The singular values, falling, by one-sided rotations (Jacobi): columns are turned until they are orthogonal. */
export function singularValues(A) {
  const scale = scaleOf(A);
  const small = scaled(A, 1 / scale);
  const columns = small.length >= small[0].length ? transposed(small) : small.map((row) => row.slice());
  for (let sweep = 0; sweep < 60; sweep++) {
    let turned = false;
    for (let i = 1; i < columns.length; i++) {
      for (let j = 0; j < i; j++) turned = turnApart(columns[j], columns[i]) || turned;
    }
    if (!turned) break;
  }
  return columns.map((column) => norm(column) * scale).sort((a, b) => b - a);
}

function turnApart(p, q) {
  const [pp, qq, pq] = [dot(p, p), dot(q, q), dot(p, q)];
  if (Math.abs(pq) <= 1e-16 * Math.sqrt(pp * qq) || pq === 0) return false;
  const ratio = (qq - pp) / (2 * pq);
  const tangent = (ratio >= 0 ? 1 : -1) / (Math.abs(ratio) + Math.hypot(1, ratio));
  const cosine = 1 / Math.hypot(1, tangent);
  const sine = cosine * tangent;
  for (let k = 0; k < p.length; k++) [p[k], q[k]] = [cosine * p[k] - sine * q[k], sine * p[k] + cosine * q[k]];
  return true;
}

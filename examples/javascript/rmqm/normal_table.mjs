// The normal value of each lane (RMQM-WN-006).

import { createHash } from "node:crypto";
import { normalQuantile } from "./normal_quantile.mjs";

const DIGEST = "e6b56edea11a92475977d8ce30e38df854a13a7320e0e25f25288a43158e1711";

export const NORMAL_TABLE = makeTable();

function makeTable() {
  const table = new Float32Array(65536);
  let lower = -Infinity;
  for (let u = 0; u < 32768; u++) {
    const upper = normalQuantile((u + 1) / 65536);
    // Not the difference of two densities, which cancels near the middle.
    const factor = u === 0 ? -1 : Math.expm1(((upper - lower) * (upper + lower)) / 2);
    table[u] = 65536 * density(upper) * factor;
    table[65535 - u] = -table[u];
    lower = upper;
  }
  const digest = createHash("sha256").update(new Uint8Array(table.buffer)).digest("hex");
  if (digest !== DIGEST) throw new Error(`table of normal values must have the digest ${DIGEST}; got ${digest}`);
  return table;
}

function density(q) {
  return Math.exp((-q * q) / 2) / Math.sqrt(2 * Math.PI);
}

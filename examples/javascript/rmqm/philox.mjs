// Philox4x64-10 (RMQM-WN-003) on 32-bit halves, which are much faster than BigInt; and the lanes
// of a level (RMQM-WN-004, RMQM-WN-005).

import { createHash } from "node:crypto";

const MULTIPLIER_0 = [0xd2e7470e, 0xe14c6c93];
const MULTIPLIER_1 = [0xca5a8263, 0x95121157];
const WEYL_0 = [0x9e3779b9, 0x7f4a7c15];
const WEYL_1 = [0xbb67ae85, 0x84caa73b];
const TWO_32 = 2 ** 32;

/** The key of a text: four 32-bit words, lowest first. */
export function keyOf(text) {
  const digest = createHash("sha256").update(text, "utf8").digest();
  return Uint32Array.from([0, 4, 8, 12], (at) => digest.readUInt32LE(at));
}

/** The lanes of a level: `count` numbers of 16 bits, the k-th for the k-th value of the input. */
export function lanesOf(key, level, count) {
  const blocks = Math.ceil(count / 16);
  const lanes = new Uint16Array(blocks * 16);
  const words = new Uint32Array(8);
  const counters = countersFrom(level, blocks);
  for (let b = 0; b < blocks; b++) {
    philox(counters(b), key, words);
    for (let w = 0; w < 8; w++) {
      lanes[16 * b + 2 * w] = words[w] & 0xffff;
      lanes[16 * b + 2 * w + 1] = words[w] >>> 16;
    }
  }
  return lanes.subarray(0, count);
}

/** The counters of a level; beyond 2^53 they are BigInts, of up to 256 bits (RMQM-WN-004). */
function countersFrom(level, blocks) {
  if (typeof level === "number" && Number.isSafeInteger((level + 1) * blocks)) return (b) => level * blocks + b;
  const first = BigInt(level) * BigInt(blocks);
  return (b) => first + BigInt(b);
}

function setCounter(words, counter) {
  words.fill(0);
  if (typeof counter === "number") {
    words[0] = counter % TWO_32;
    words[1] = Math.floor(counter / TWO_32);
  } else {
    for (let k = 0; k < 8; k++) words[k] = Number((counter >> BigInt(32 * k)) & 0xffffffffn);
  }
}

/** Write one block, four 64-bit words as eight 32-bit halves, lowest first, into `words`. */
export function philox(counter, key, words) {
  setCounter(words, counter);
  let [k0, k0High, k1, k1High] = key;
  const p = new Uint32Array(4);
  const q = new Uint32Array(4);
  for (let round = 0; round < 10; round++) {
    multiply(words[0], words[1], MULTIPLIER_0, p);
    multiply(words[4], words[5], MULTIPLIER_1, q);
    words[0] = q[2] ^ words[2] ^ k0;
    words[1] = q[3] ^ words[3] ^ k0High;
    words[2] = q[0];
    words[3] = q[1];
    words[4] = p[2] ^ words[6] ^ k1;
    words[5] = p[3] ^ words[7] ^ k1High;
    words[6] = p[0];
    words[7] = p[1];
    k0High = (k0High + WEYL_0[0] + (k0 + WEYL_0[1] >= TWO_32 ? 1 : 0)) >>> 0;
    k0 = (k0 + WEYL_0[1]) >>> 0;
    k1High = (k1High + WEYL_1[0] + (k1 + WEYL_1[1] >= TWO_32 ? 1 : 0)) >>> 0;
    k1 = (k1 + WEYL_1[1]) >>> 0;
  }
}

/** The 128-bit product of two 64-bit numbers, in 32-bit words, lowest first. */
function multiply(low, high, [factorHigh, factorLow], product) {
  const second = highWord(low, factorLow) + lowWord(low, factorHigh) + lowWord(high, factorLow);
  const third =
    highWord(low, factorHigh) + highWord(high, factorLow) + lowWord(high, factorHigh) + Math.floor(second / TWO_32);
  product[0] = lowWord(low, factorLow);
  product[1] = second % TWO_32;
  product[2] = third % TWO_32;
  product[3] = highWord(high, factorHigh) + Math.floor(third / TWO_32);
}

function lowWord(a, b) {
  return Math.imul(a, b) >>> 0;
}

function highWord(a, b) {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const b0 = b & 0xffff;
  const b1 = b >>> 16;
  const middle = a1 * b0 + ((a0 * b0) >>> 16);
  const other = a0 * b1 + (middle & 0xffff);
  return a1 * b1 + (middle >>> 16) + (other >>> 16);
}

// Values in messages: floats as hexadecimal text, arrays as base64, everything else as JSON.

import { NumericArray } from "./numeric_array.mjs";

const FLOATS = new Set(["low", "high", "resolution", "alpha", "scale", "mean", "std", "bandwidth"]);
const INTEGERS = new Set(["undefined_D_RC", "undefined_P_RC", "left_out", "n_inputs", "n_train", "n_test"]);

export function decodeArguments(args) {
  return Object.fromEntries(Object.entries(args).map(([name, raw]) => [name, decode(name, raw)]));
}

export function encodeResults(results) {
  return Object.fromEntries(Object.entries(results).map(([name, value]) => [name, encode(name, value)]));
}

function decode(name, raw) {
  if (raw === null) return null;
  if (FLOATS.has(name)) return decodeFloat(raw);
  if (Array.isArray(raw)) return raw.map((item) => decode("", item)); // layers of a network are objects
  if (typeof raw !== "object") return raw;
  return "base64" in raw ? decodeArray(raw) : decodeArguments(raw);
}

function encode(name, value) {
  if (value instanceof NumericArray) return encodeArray(value);
  return typeof value === "number" && !INTEGERS.has(name) ? encodeFloat(value) : value;
}

function decodeArray({ dtype, shape, base64 }) {
  return new NumericArray(dtype.replace(/^[<|]/, ""), shape, Buffer.from(base64, "base64"));
}

function encodeArray({ type, shape, bytes }) {
  const dtype = (type.endsWith("1") ? "|" : "<") + type;
  return { dtype, shape, base64: Buffer.from(bytes).toString("base64") };
}

const HEXADECIMAL = /^(-?)0x([0-9a-f]+)(?:\.([0-9a-f]*))?p([+-]?\d+)$/i;
const NAMED = { inf: Infinity, "-inf": -Infinity, nan: NaN };

/** Read the text of Python's float.hex(), a decimal text, or a number. */
export function decodeFloat(raw) {
  if (typeof raw === "number") return raw;
  if (raw in NAMED) return NAMED[raw];
  const parts = HEXADECIMAL.exec(raw);
  const decimal = Number(raw);
  if (parts === null) {
    if (raw.trim() === "" || Number.isNaN(decimal)) throw new TypeError(`not a float: ${raw}`);
    return decimal;
  }
  const [, sign, whole, fraction = "", exponent] = parts;
  // At most 53 significant bits and an exponent of at least -1074: both factors are exact.
  const size = parseInt(whole + fraction, 16) * 2 ** (Number(exponent) - 4 * fraction.length);
  return sign ? -size : size;
}

/** Write a float as Python's float.hex() does. */
export function encodeFloat(value) {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const sign = bits >> 63n ? "-" : "";
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  if (value === 0) return `${sign}0x0.0p+0`;
  const exponent = biased === 0 ? -1022 : biased - 1023;
  const digits = fraction.toString(16).padStart(13, "0");
  return `${sign}0x${biased === 0 ? 0 : 1}.${digits}p${exponent < 0 ? "" : "+"}${exponent}`;
}

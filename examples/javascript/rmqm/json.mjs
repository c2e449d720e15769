// JSON without loss: seeds beyond 2^53 and the sign of -0 survive (RMQM-DOC-005).

/** Read JSON; an integer of 16 or more digits under the key "seed" becomes a BigInt. */
export function readJson(text) {
  // A quotation mark within a string is escaped, so "seed": is always a key.
  const marked = text.replace(/(?<!\\)"seed"\s*:\s*(-?\d{16,})(?=\s*[,}])/g, '"seed":"$1"');
  return JSON.parse(marked, (key, value) =>
    key === "seed" && typeof value === "string" && /^-?\d{16,}$/.test(value) ? BigInt(value) : value,
  );
}

/** Write JSON; what JSON.stringify cannot write goes through marked strings. */
export function writeJson(value, indent) {
  const mark = (_, one) => {
    if (typeof one === "bigint") return `\u0001${one}\u0001`;
    return Object.is(one, -0) ? "\u0001-0.0\u0001" : one;
  };
  return JSON.stringify(value, mark, indent).replace(/"\\u0001([-.\d]+)\\u0001"/g, "$1");
}

/** Canonical JSON (RMQM-PRO-006): keys sorted, no spaces. */
export function canonicalJson(value) {
  return writeJson(sorted(value));
}

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
}

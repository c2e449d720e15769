// JSON without loss: integers beyond 2^53 and the sign of -0 survive (RMQM-DOC-005).

/** Read JSON; an integer of 16 or more digits becomes a BigInt. */
export function readJson(text) {
  const strings = /"(?:[^"\\]|\\.)*"/.source;
  const large = /(?<![\d.eE+-])-?\d{16,}(?=\s*[,\]}])/.source;
  const marked = text.replace(new RegExp(`${strings}|${large}`, "g"), (token) =>
    token.startsWith('"') ? token : `"\\u0001${token}"`,
  );
  return JSON.parse(marked, (_, value) =>
    typeof value === "string" && /^\u0001-?\d+$/.test(value) ? BigInt(value.slice(1)) : value,
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

// Names of inputs and of sets of inputs (RMQM-INP-002 to 005, RMQM-INP-010).

import { createHash } from "node:crypto";

/** The id of an input: the digest of its type, its shape and its values. */
export function contentId({ type, shape, bytes }) {
  const header = `rmqm-input/1 ${type} ${shape.join("x")}\n`;
  return createHash("sha256").update(header, "ascii").update(bytes).digest("hex");
}

/** Distinct ids, ascending by their bytes. */
export function orderedIds(ids) {
  return [...new Set(ids)].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

/** The name of a set of inputs. */
export function nameOfSet(ids) {
  const hash = createHash("sha256");
  for (const id of orderedIds(ids)) hash.update(`${id}\n`, "utf8");
  return hash.digest("hex");
}

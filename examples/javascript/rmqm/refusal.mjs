// The error of everything that the specification, or an operation, does not allow.

export class Refusal extends Error {}

/** Refuse unless `holds`; `message` names the thing, the rule and the value met. */
export function demand(holds, message) {
  if (!holds) throw new Refusal(typeof message === "function" ? message() : message);
}

/** A number as the messages of the conformance kit write it. */
export function shown(value) {
  if (Number.isNaN(value)) return "nan";
  return String(value).replace("Infinity", "inf");
}

/** Whether a value is an integer that was read without loss. */
export function isInteger(value) {
  return typeof value === "bigint" || Number.isSafeInteger(value);
}

export function demandLevels(J) {
  demand(isInteger(J) && J >= 1, `n_levels must be an integer of at least 1 (RMQM-ALT-001); got ${J}`);
}

export function demandSeed(seed) {
  demand(isInteger(seed) && seed >= 0, `seed must be an integer of at least 0 (RMQM-WN-003); got ${seed}`);
}

export function demandVariant(variant) {
  demand(
    variant === "paper" || variant === "authors-2022",
    `variant must be "paper" or "authors-2022"; got ${JSON.stringify(variant)}`,
  );
}

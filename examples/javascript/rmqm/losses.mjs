// Losses over representations: value and gradient (family RMQM-LOSS).

import { ntXent, triplet } from "./batch_losses.mjs";
import { demand, shown } from "./refusal.mjs";
import { exactSum } from "./sums.mjs";
import { pullBack, unitVector } from "./unit_vectors.mjs";

/** Values and gradient rows of a named loss over rows of representations. */
export function lossOf(name, encodings, references, labels) {
  const losses = { displacement: displacements, "cross-entropy": crossEntropies, triplet, "nt-xent": ntXent };
  demand(Object.hasOwn(losses, name), `loss must be one of ${Object.keys(losses).join(", ")}; got ${name}`);
  const E = encodings[0]?.length;
  demand(E > 0, "encodings must have the shape (N, E) with N and E of at least 1; got none");
  demand(
    references === null || (references.length === encodings.length && references[0].length === E),
    `references must have the shape of the encodings, (${encodings.length}, ${E}); got (${references?.length}, ${references?.[0]?.length})`,
  );
  demand(
    labels === null || labels.length === encodings.length,
    `labels must be one for each of ${encodings.length} inputs; got ${labels?.length}`,
  );
  return losses[name](encodings, references, labels);
}

/** RMQM-LOSS-002 for one input. */
export function displacement(encoding, unaltered, name = "the attacked input") {
  const unit = unitVector(encoding, name);
  const difference = unit.map((value, k) => value - unaltered[k]);
  // Through the gradient with respect to the unit vector, which is exactly zero where nothing moved.
  const gradient = pullBack(encoding, unit, difference.map((value) => 2 * value));
  return { value: exactSum(difference.map((value) => value * value)), gradient };
}

function displacements(encodings, references) {
  demand(references !== null, "displacement needs the references of the unaltered inputs (RMQM-LOSS-002); got none");
  const losses = encodings.map((encoding, i) =>
    displacement(encoding, unitVector(references[i], `reference ${i}`), `encoding ${i}`),
  );
  return { values: losses.map((one) => one.value), gradient: losses.map((one) => one.gradient) };
}

/** RMQM-LOSS-003. */
function crossEntropies(logits, _, labels) {
  demand(labels !== null, "cross-entropy needs labels (RMQM-LOSS-003); got none");
  const losses = logits.map((row, i) => crossEntropy(row, labels[i], i));
  return { values: losses.map((one) => one.value), gradient: losses.map((one) => one.gradient) };
}

function crossEntropy(logits, label, i) {
  demand(
    Number.isInteger(label) && label >= 0 && label < logits.length,
    `labels must be integers in 0 to ${logits.length - 1} (RMQM-LOSS-003); got ${label} for input ${i}`,
  );
  const bad = logits.find((value) => !Number.isFinite(value));
  demand(bad === undefined, `logits must be finite (RMQM-ENC-005); got ${shown(bad)} for input ${i}`);
  // Less the largest logit, so that no exponential overflows.
  const largest = logits.reduce((most, value) => Math.max(most, value), -Infinity);
  const powers = logits.map((value) => Math.exp(value - largest));
  const total = exactSum(powers);
  return {
    value: Math.log(total) + (largest - logits[label]),
    gradient: powers.map((power, c) => power / total - (c === label ? 1 : 0)),
  };
}

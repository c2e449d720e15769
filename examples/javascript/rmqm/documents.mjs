// Result documents (family RMQM-DOC) and their comparison (RMQM-PRO-003, RMQM-PRO-004).

import { createHash } from "node:crypto";
import { nameOfSet, orderedIds } from "./content_id.mjs";
import { evaluate } from "./evaluate.mjs";
import { intervalOf } from "./interval.mjs";
import { canonicalJson, readJson, writeJson } from "./json.mjs";
import { Network } from "./network.mjs";
import { protocolOf } from "./protocol.mjs";
import { demand } from "./refusal.mjs";

/** Evaluate a network under the protocol given and write the result document. */
export function writeDocument(inputs, ids, network, settings) {
  const protocol = protocolOf(inputs, settings);
  const { J, seed, bounds } = protocol.alteration;
  const result = evaluate(inputs, ids, ...bounds, new Network(network), J, seed, protocol.variant);
  const document = {
    rmqm: result.rmqm,
    weighted_rmqm: result.weighted_rmqm,
    interval: result.status === "ok" && result.inputs.length > 1 ? intervalOf(result) : null,
    status: result.status,
    notes: notesOf(result),
    protocol,
    protocol_sha256: sha256(canonicalJson(protocol)),
    counts: countsOf(result, ids),
    components: { D: result.D, S: result.S, D_RC: result.D_RC, P_RC: result.P_RC },
    inputs: { ids_sha256: nameOfSet(ids) },
    model: identityOf(network),
    output: { name: "output of the activation", pooling: "none" },
    preprocessing: valueMapOf(network, inputs),
  };
  // JSON.stringify writes null for NaN (RMQM-DOC-001) and every float64 so that it survives (RMQM-DOC-005).
  return { document: writeJson(document, 1), D: result.D, rmqm: result.rmqm };
}

/** RMQM of the first document less that of the second; NaN where one is undefined. */
export function compare(firstText, secondText) {
  const [first, second] = [readDocument(firstText, "first"), readDocument(secondText, "second")];
  const parts = ({ protocol, inputs }) => ({ protocol, inputs });
  const differences = differencesOf(parts(first), parts(second), "");
  demand(
    differences.length === 0,
    `results must have one protocol and one set of inputs (RMQM-PRO-003); they differ in ${differences.join("; ")}`,
  );
  return (first.rmqm ?? NaN) - (second.rmqm ?? NaN);
}

function readDocument(text, which) {
  let document = null;
  try {
    document = readJson(text);
  } catch (error) {
    demand(false, `the ${which} document must be JSON (RMQM-DOC-001); got ${error.message}`);
  }
  for (const key of ["protocol", "inputs", "rmqm"]) {
    demand(document?.[key] !== undefined, `the ${which} document must hold ${key} (RMQM-DOC-003); got none`);
  }
  return document;
}

/** What differs between two JSON values, with the path to it. */
function differencesOf(first, second, path) {
  if (first === second) return [];
  if (!isObject(first) || !isObject(second)) return [`${path}: ${told(first)} and ${told(second)}`];
  const keys = new Set([...Object.keys(first), ...Object.keys(second)]);
  return [...keys].flatMap((key) => differencesOf(first[key], second[key], path ? `${path}.${key}` : key));
}

function told(value) {
  return value === undefined ? "nothing" : writeJson(value);
}

function isObject(value) {
  return value !== null && typeof value === "object";
}

/** RMQM-LIM-006: the limits that bear on a score, beside the score. */
function notesOf({ J, status }) {
  const notes = [`J is ${J}; scores at different J are not comparable (RMQM-LIM-002)`];
  if (status !== "ok") notes.push(`the status is ${status}, so there is no score (RMQM-DEG-009)`);
  return notes;
}

/** RMQM-DOC-003 and RMQM-DOC-004. */
function countsOf(result, ids) {
  const used = orderedIds(ids).length;
  return {
    offered: ids.length,
    used,
    duplicates: ids.length - used,
    unreadable: 0,
    undefined_terms: { D_RC: result.undefined_D_RC, P_RC: result.undefined_P_RC },
    left_out_of_spike_means: result.left_out,
  };
}

function identityOf({ weight, bias, activation }) {
  const weights = createHash("sha256").update(weight.bytes).update(bias.bytes).digest("hex");
  return { name: "dense layer", weights_sha256: weights, shape: weight.shape, activation };
}

/** RMQM-PRO-004: recorded with the encoder, not part of the protocol. */
function valueMapOf({ scale, mean, std }, inputs) {
  return { scale, mean, std, channel_order: "as given", layout: "C order, flattened", type: `${inputs.type} to f8` };
}

function sha256(text) {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

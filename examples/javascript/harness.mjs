// The conformance kit's JSON-lines program: one request a line on stdin, one reply a line on stdout.

import { createInterface } from "node:readline";
import { OPERATIONS } from "./operations.mjs";
import { DESCRIPTION } from "./rmqm/encoder.mjs";
import { readJson } from "./rmqm/json.mjs";
import { Refusal } from "./rmqm/refusal.mjs";
import { decodeArguments, encodeResults } from "./rmqm/values.mjs";
import { GENERATOR } from "./rmqm/white_noise.mjs";

const IMPLEMENTATION = {
  name: "rmqm-javascript",
  version: "1.0.0",
  language: "JavaScript",
  capabilities: [
    "inputs", "noise", "pgd", "encoder", "characteristics", "interval", "documents", "comparison", "value-map",
    "nnk", "spectrum",
  ],
  extensions: ["common", "weighted"],
  generator: GENERATOR,
  encoder: DESCRIPTION,
};

const COMMANDS = {
  start: () => ({ protocol: 1, implementation: IMPLEMENTATION }),
  spec: ({ version }) => ({ ok: ["1.0", "1.1"].includes(version) }),
  run: ({ seq, op, args }) => {
    if (!Object.hasOwn(OPERATIONS, op)) throw new TypeError(`no such operation: ${op}`);
    return { seq, result: encodeResults(OPERATIONS[op](decodeArguments(args))) };
  },
};

function reply(line) {
  let request = null;
  try {
    request = readJson(line);
    if (request.cmd === "stop") return null;
    if (!Object.hasOwn(COMMANDS, request.cmd)) throw new TypeError(`no such command: ${request.cmd}`);
    return COMMANDS[request.cmd](request);
  } catch (error) {
    const seq = request?.seq ?? -1; // -1: the request is not known
    if (error instanceof Refusal) return { seq, refused: { message: error.message } };
    return { seq, errored: { message: String(error?.message), traceback: String(error?.stack) } };
  }
}

const lines = createInterface({ input: process.stdin, crlfDelay: Infinity });
for await (const line of lines) {
  if (line.trim() === "") continue;
  const answer = reply(line);
  if (answer === null) break;
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
lines.close();
process.stdin.destroy();

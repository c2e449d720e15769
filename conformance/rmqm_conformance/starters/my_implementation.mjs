// My implementation of RMQM: a program that the conformance kit can judge.
//
//     rmqm-spec conformance --cmd "node my_implementation.mjs"
//
// It claims the capability `inputs` and has one of its three operations, so that the first report
// shows what is still missing. Write the rest, then claim more: each operation with its arguments
// is listed in docs/conformance.md, each rule in docs/specification.md.

import { createHash } from "node:crypto";
import { createInterface } from "node:readline";

// Who you are and what you claim; the rest is "not claimed", never a failure.
const description = {
  name: "my-rmqm",
  version: "0.1",
  language: "JavaScript",
  capabilities: ["inputs"],
};

// Throw this to refuse; any other error counts as a crash of the operation.
class Refusal extends Error {}

// One function for each operation: arguments in, an object with exactly its keys out.
const operations = {
  // RMQM-INP-002. An array is {dtype: "<f4", shape: [2, 3], base64: "..."}.
  content_id({ input }) {
    const type = input.dtype.slice(1);
    const header = `rmqm-input/1 ${type} ${input.shape.join("x")}\n`;
    const values = Buffer.from(input.base64, "base64");
    return { id: createHash("sha256").update(header, "ascii").update(values).digest("hex") };
  },
};

// Floats in messages are text: hexadecimal ("0x1.8p+0"), or inf, -inf, nan.
// In replies, decimal text and JSON numbers are welcome too.
export function readFloat(text) {
  const match = /^(-?)0x([0-9a-f])\.?([0-9a-f]*)p([+-]?\d+)$/.exec(text);
  if (!match) return text === "nan" ? NaN : text === "inf" ? Infinity : -Infinity;
  const [, sign, first, rest, exponent] = match;
  const digits = Number(`0x${first}${rest}`) * 2 ** (-4 * rest.length);
  const power = Number(exponent);
  // In two steps, so that no power of two underflows before its time.
  const half = Math.trunc(power / 2);
  return (sign ? -1 : 1) * digits * 2 ** half * 2 ** (power - half);
}

function answer({ cmd, seq, op, args, version }) {
  if (cmd === "start") return { protocol: 1, implementation: description };
  if (cmd === "spec") return { ok: ["1.0", "1.1"].includes(version) };
  try {
    if (!operations[op]) throw new Error(`no operation ${op} yet`);
    return { seq, result: operations[op](args) };
  } catch (error) {
    if (error instanceof Refusal) return { seq, refused: { message: error.message } };
    return { seq, errored: { message: String(error.message), traceback: String(error.stack) } };
  }
}

// stdout belongs to the messages, one per line; write everything else to stderr (console.error).
for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line);
  if (message.cmd === "stop") process.exit(0);
  process.stdout.write(JSON.stringify(answer(message)) + "\n");
}

// The check values of Annex A of the specification. Prints what passed; exit status 1 on a mismatch.

import { createHash } from "node:crypto";
import { characterize } from "./rmqm/characterize.mjs";
import { contentId } from "./rmqm/content_id.mjs";
import { distancesOf } from "./rmqm/distances.mjs";
import { prepare } from "./rmqm/inputs.mjs";
import { intervalOf } from "./rmqm/interval.mjs";
import { displacement } from "./rmqm/losses.mjs";
import { NORMAL_TABLE } from "./rmqm/normal_table.mjs";
import { NumericArray } from "./rmqm/numeric_array.mjs";
import { keyOf, lanesOf, philox } from "./rmqm/philox.mjs";
import { RELATIVE_CHANGES } from "./rmqm/relative_change.mjs";
import { unitVector } from "./rmqm/unit_vectors.mjs";
import { decodeFloat } from "./rmqm/values.mjs";
import { whiteNoise } from "./rmqm/white_noise.mjs";

let failures = 0;

function check(what, got, expected) {
  const passed = JSON.stringify(got) === JSON.stringify(expected);
  if (!passed) failures++;
  console.log(passed ? `ok    ${what}` : `WRONG ${what}: ${JSON.stringify(got)}, not ${JSON.stringify(expected)}`);
}

const digits = (values) => values.map((value) => (Number.isFinite(value) ? value.toFixed(6) : null));

function ofTrajectories(trajectories, variant) {
  const distances = trajectories.map((one, i) => distancesOf(one.map((z) => Float64Array.from(z)), `input ${i}`));
  return characterize(distances.map((one) => one.displacements), distances.map((one) => one.stepLengths), variant, 1e-12);
}

function checkTrajectories(title, trajectories, expected) {
  for (const [variant, [status, ...numbers]] of Object.entries(expected)) {
    const result = ofTrajectories(trajectories, variant);
    const { D, S, D_RC, P_RC, rmqm, weighted_rmqm } = result;
    const got = digits([D, S, D_RC, P_RC, rmqm, weighted_rmqm, ...intervalOf(result)]);
    check(`${title}, ${variant}`, [result.status, ...got], [status, ...numbers]);
  }
}

// S of `paper` and of the great circle, 2 sin(0.05), are not in the annex; all else is.
const FIRST = [[1, 0], [0.6, 0.8], [0, 1], [-0.6, 0.8]];
const SECOND = [[1, 0], [0.8, 0.6], [0.6, 0.8], [0, 1]];
const THIRD = [[1, 0], [0.96, 0.28], [0.8, 0.6], [-0.6, 0.8]];

check(
  "points on the unit circle, distances",
  Object.values(distancesOf(FIRST.map((z) => Float64Array.from(z)), "input")).map(digits),
  [["0.894427", "1.414214", "1.788854"], ["0.894427", "0.632456", "0.632456"]],
);
checkTrajectories("points on the unit circle", [FIRST], {
  paper: ["ok", "1.365832", "0.719779", "0.525658", "0.138071", "2.443290", "1.504519", null, null],
  "authors-2022": ["ok", "1.365832", "0.719779", "0.423025", "0.146447", "2.507806", null, null, null],
});

const circle = Array.from({ length: 10 }, (_, j) => [Math.cos(0.1 * j), Math.sin(0.1 * j)]);
checkTrajectories("great circle with equal steps", [circle], {
  paper: ["constant-steps", "0.490695", "0.099958", "0.311252", "0.000000", null, null, null, null],
  "authors-2022": ["constant-steps", "0.490695", "0.099958", "0.334570", "0.000000", null, null, null, null],
});

checkTrajectories("three inputs", [FIRST, SECOND, THIRD], {
  paper: ["ok", "1.082527", "0.640213", "0.604072", "0.351057", "1.885022", "1.271658", "1.091786", "2.678257"],
  "authors-2022": ["ok", "1.082527", "0.640213", "0.817650", "0.883251", "1.624906", null, "0.633292", "2.616520"],
});

const [d, s] = [[0.5, 0.5, 0, 0.8, 0.8], [0.5, 0, 0, 0.8, 0]];
for (const [variant, means, terms, leftOut] of [
  ["paper", ["0.500000", "0.333333"], [1, 2], 0],
  ["authors-2022", [null, null], [1, 2], 1],
]) {
  const changes = RELATIVE_CHANGES[variant](d, s);
  const { status, left_out } = characterize([d], [s], variant, 1e-12);
  check(`zero denominators, ${variant}`, digits(changes.map((one) => one.mean)), means);
  check(`zero denominators, ${variant}, undefined terms`, changes.map((one) => one.undefinedTerms), terms);
  check(`zero denominators, ${variant}, status`, [status, left_out], ["undefined-terms", leftOut]);
}

for (const [J, expected] of [[9, "0.314330"], [29, "0.136609"], [99, "0.052297"]]) {
  const path = Array.from({ length: J }, (_, j) => (j + 1) / J);
  const { D_RC, P_RC } = characterize([path], [path.map(() => 1 / J)], "paper", 1e-12);
  check(`straight path with equal steps, J = ${J}`, [...digits([D_RC]), P_RC], [expected, 0]);
}

const ID = "da3a92e3e9e05a7fe5df7caec4341665527e456c5c7fbd801f02dbcc743bab23";
const values = Uint8Array.from({ length: 18 }, (_, k) => k);
check("content id", contentId(new NumericArray("u1", [1, 3, 6], values)), ID);

const words = new Uint32Array(8);
philox(0, new Uint32Array(4), words);
const hexadecimal = (pairs) => [...pairs].map((word) => word.toString(16).padStart(8, "0"));
const paired = (halves) => halves.flatMap((low, k) => (k % 2 ? [] : [halves[k + 1] + low]));
check("Philox4x64-10 of counter 0 and key 0", paired(hexadecimal(words)), [
  "16554d9eca36314c", "db20fe9d672d0fdc", "d7e772cee186176b", "7e68b68aec7ba23b",
]);

for (const [u, text] of [
  [0, "-0x1.18ccfcp+2"], [1, "-0x1.0525c6p+2"], [16384, "-0x1.595392p-1"],
  [32767, "-0x1.40d932p-16"], [32768, "0x1.40d932p-16"],
]) {
  check(`T[${u}]`, NORMAL_TABLE[u], decodeFloat(text));
}

const key = keyOf(`rmqm-white-noise/1\n0\n${ID}`);
check("key words", paired(hexadecimal(key)), ["89eed56c09b5c40c", "b0b3272215411560"]);
const input = NumericArray.of("f4", [1, 1, 3, 6], Float32Array.from(values, (value) => value / 255));
for (const [level, lanes, digest] of [
  [1, [32512, 5651, 22472, 8667, 39995, 60200], "30036e9b8ad19f59bc9bbeafd0c60a16066fdcb876ae9e66fde17da58913ab13"],
  [2, [59275, 6244, 21306, 61307, 6000, 45532], "a93fc4b3ae0938c906da729bb1a12c37e0be5339a64984f9b5336b7e8559ce3e"],
  [99, [5979, 50585, 14082, 56119, 37419, 36284], "73d3c9c16cdc0c7e8bb2e23341b1bc4dd724240539a40dffccdfb1ca7082a5c9"],
]) {
  const drawn = [...lanesOf(key, level, 18)];
  check(`lanes of level ${level}`, [...drawn.slice(0, 4), ...drawn.slice(16)], lanes);
  const altered = whiteNoise(input, [ID], [level], 99, 0, 0, 1, "independent");
  check(`altered input of level ${level}`, createHash("sha256").update(altered.bytes).digest("hex"), digest);
}
const image = new NumericArray("u1", [3, 6, 1], values);
check("the input itself", prepare(image, "image", 0, 1).values.bytes, input.bytes);

const unaltered = unitVector(Float64Array.of(2, 0), "the unaltered input");
const { value, gradient } = displacement(Float64Array.of(3, 4), unaltered);
check("displacement loss", digits([value, ...gradient]), ["0.800000", "-0.256000", "0.192000"]);

console.log(failures === 0 ? "all check values agree" : `${failures} check values differ`);
process.exitCode = failures === 0 ? 0 : 1;

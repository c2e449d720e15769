// The operations of the conformance kit, by name: from decoded arguments to results.

import { characterize } from "./rmqm/characterize.mjs";
import { contentId, nameOfSet, orderedIds } from "./rmqm/content_id.mjs";
import { distancesFromElsewhere, distancesOf, resolutionOf } from "./rmqm/distances.mjs";
import { compare, writeDocument } from "./rmqm/documents.mjs";
import { encode, vjp } from "./rmqm/encoder.mjs";
import { evaluate } from "./rmqm/evaluate.mjs";
import { prepare } from "./rmqm/inputs.mjs";
import { intervalOf } from "./rmqm/interval.mjs";
import { lossOf } from "./rmqm/losses.mjs";
import { demandLabels, diameterOf, graphOf, invarianceOf, neighbourhoods, votesOf } from "./rmqm/neighbourhoods.mjs";
import { Network } from "./rmqm/network.mjs";
import { NumericArray } from "./rmqm/numeric_array.mjs";
import { pgdPath, pgdStep } from "./rmqm/pgd.mjs";
import { pool } from "./rmqm/pooling.mjs";
import { demand } from "./rmqm/refusal.mjs";
import { mapValues } from "./rmqm/value_map.mjs";
import { whiteNoise } from "./rmqm/white_noise.mjs";

export const OPERATIONS = {
  content_id: ({ input }) => ({ id: contentId(input) }),

  prepare: ({ input, kind, low, high }) => prepare(input, kind, low, high),

  name_inputs: ({ ids }) => ({ ids: orderedIds(ids), digest: nameOfSet(ids) }),

  white_noise: ({ inputs, ids, levels, n_levels, seed, low, high, coupling }) => ({
    altered: whiteNoise(inputs, ids, levels, n_levels, seed, low, high, coupling),
  }),

  distances: ({ trajectories, arithmetic }) => {
    const [N, levels, E] = trajectories.shape;
    demand(
      trajectories.shape.length === 3 && N >= 1 && levels >= 2,
      `trajectories must have the shape (N, J + 1, E) with N and J of at least 1; got (${trajectories.shape})`,
    );
    const resolution = resolutionOf(arithmetic);
    const distances = trajectories.rows().map((row, i) => {
      const trajectory = Array.from({ length: levels }, (_, level) => row.subarray(level * E, (level + 1) * E));
      return distancesOf(trajectory, `input ${i}`);
    });
    const shape = [N, levels - 1];
    return {
      displacements: NumericArray.stack("f8", shape, distances.map((one) => one.displacements)),
      step_lengths: NumericArray.stack("f8", shape, distances.map((one) => one.stepLengths)),
      resolution,
    };
  },

  characterize: (args) => {
    const { D, S, D_RC, P_RC, rmqm, status, undefined_D_RC, undefined_P_RC, left_out, weighted_rmqm } =
      characterized(args);
    return { D, S, D_RC, P_RC, rmqm, status, undefined_D_RC, undefined_P_RC, left_out, weighted_rmqm };
  },

  interval: (args) => {
    const [low, high] = intervalOf(characterized(args));
    return { low, high };
  },

  evaluate: ({ inputs, ids, low, high, network, n_levels, seed, variant }) => {
    const result = evaluate(inputs, ids, low, high, new Network(network), n_levels, seed, variant);
    const { D, D_RC, P_RC, rmqm, status } = result;
    return { n_inputs: result.inputs.length, D, D_RC, P_RC, rmqm, status };
  },

  encode: ({ inputs }) => ({ encodings: encode(inputs), inputs }),

  pool: ({ output, how }) => ({ encodings: pool(output, how) }),

  vjp: ({ inputs, cotangent }) => ({ gradient: vjp(inputs, cotangent) }),

  loss: ({ name, encodings, references, labels }) => {
    const { values, gradient } = lossOf(name, encodings.rows(), references && references.rows(), labels);
    return {
      values: NumericArray.of("f8", [values.length], values),
      gradient: NumericArray.stack("f8", encodings.shape, gradient),
    };
  },

  pgd_step: ({ inputs, gradient, ids, level, alpha, low, high }) => ({
    stepped: pgdStep(inputs, gradient, ids, level, alpha, low, high),
  }),

  pgd_path: ({ inputs, ids, network, n_levels, alpha, seed, low, high, variant }) => ({
    altered: pgdPath(inputs, ids, new Network(network), n_levels, alpha, seed, low, high, variant),
  }),

  document: ({ inputs, ids, network, ...settings }) => writeDocument(inputs, ids, network, settings),

  compare: ({ first, second }) => ({ difference: compare(first, second) }),

  map_values: ({ inputs, scale, means, stds, dtype }) => ({ values: mapValues(inputs, scale, means, stds, dtype) }),

  nnk_neighbourhoods: (request) => {
    const found = neighbourhoodsOf(request);
    return {
      indices: table(found.map((one) => one.indices)),
      weights: table(found.map((one) => one.weights)),
      shares: table(found.map((one) => one.shares)),
      errors: list(found.map((one) => one.error)),
      counts: list(found.map((one) => one.neighbours.length)),
    };
  },

  nnk_graph: ({ points, k, kernel, bandwidth }) => ({ adjacency: table(graphOf(points, k, kernel, bandwidth)) }),

  nnk_diameters: (request) => {
    const points = request.gallery.rows();
    return { diameters: list(neighbourhoodsOf(request).map(({ neighbours }) => diameterOf(neighbours.map((i) => points[i])))) };
  },

  nnk_invariance: ({ representations, resolution }) => {
    const [, V, E] = representations.shape;
    demand(
      representations.shape.length === 3 && V >= 2 && E >= 1,
      `representations must have the shape (N, V, E) with V of at least 2 (RMQM-NNK-011); got (${representations.shape})`,
    );
    const found = representations.rows().map((row) => {
      const versions = Array.from({ length: V }, (_, version) => row.subarray(version * E, (version + 1) * E));
      return invarianceOf(versions, resolution, table);
    });
    return { diameters: list(found.map((one) => one.diameter)), counts: list(found.map((one) => one.count)) };
  },

  nnk_classify: ({ labels, ...request }) => {
    demandLabels(labels, request.gallery.shape[0]);
    const found = neighbourhoodsOf(request).map((one) => votesOf(one, labels));
    return { votes: table(found.map((one) => one.votes)), classes: list(found.map((one) => one.winner)) };
  },
};

function neighbourhoodsOf({ queries, gallery, own, k, kernel, bandwidth }) {
  return neighbourhoods(queries, gallery, own, k, kernel, bandwidth);
}

function table(rows) {
  return NumericArray.stack("f8", [rows.length, rows[0].length], rows);
}

function list(values) {
  return NumericArray.of("f8", [values.length], values);
}

function characterized({ displacements, step_lengths, variant, resolution }) {
  const rows = distancesFromElsewhere(displacements, step_lengths);
  return characterize(rows.displacements, rows.stepLengths, variant, resolution);
}

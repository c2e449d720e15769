// The operations of the conformance kit, by name: from decoded arguments to results.

import { characterize } from "./rmqm/characterize.mjs";
import { contentId, nameOfSet, orderedIds } from "./rmqm/content_id.mjs";
import { distancesFromElsewhere, distancesOf, resolutionOf } from "./rmqm/distances.mjs";
import { compare, writeDocument } from "./rmqm/documents.mjs";
import { encode, vjp } from "./rmqm/encoder.mjs";
import { evaluate } from "./rmqm/evaluate.mjs";
import { prepare } from "./rmqm/inputs.mjs";
import { intervalOf } from "./rmqm/interval.mjs";
import { finite, Layers } from "./rmqm/layers.mjs";
import { lossOf } from "./rmqm/losses.mjs";
import { demandLabels, diameterOf, graphOf, invarianceOf, neighbourhoods, votesOf } from "./rmqm/neighbourhoods.mjs";
import { Network } from "./rmqm/network.mjs";
import { NumericArray } from "./rmqm/numeric_array.mjs";
import { pgdPath, pgdStep } from "./rmqm/pgd.mjs";
import { pool } from "./rmqm/pooling.mjs";
import { demand } from "./rmqm/refusal.mjs";
import { regressionOf } from "./rmqm/regressions.mjs";
import { roundTrip, spectrumOf, stretchesOf } from "./rmqm/spectra.mjs";
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

  jacobian_products: ({ encoder, inputs, tangents, cotangents }) => {
    const network = new Layers(encoder);
    const runs = network.rowsOf(inputs).map((input) => network.through(input));
    const ts = directions(tangents, runs.length, network.inputs);
    const cs = directions(cotangents, runs.length, network.outputs);
    return {
      encodings: table(runs.map((run) => run.values)),
      pushed: stack(runs.map(({ slopes }, i) => ts[i].map((t) => network.push(slopes, t)))),
      pulled: stack(runs.map(({ slopes }, i) => cs[i].map((c) => network.pull(slopes, c)))),
    };
  },

  jacobians: ({ encoder, inputs }) => {
    const network = new Layers(encoder);
    return { jacobians: stack(network.rowsOf(inputs).map((input) => network.differentiate(input).jacobian)) };
  },

  spectrum: ({ matrices }) => {
    const [, n, columns] = matrices.shape;
    const square = matrices.shape.length === 3 && n === columns && n > 0 && matrices.shape[0] > 0;
    demand(square, `matrices must have the shape (N, n, n) (RMQM-JAC-007); got (${matrices.shape})`);
    const found = finite(matrices, "a matrix").rows().map((row) => spectrumOf(splitRow(row, n)));
    return {
      ...spectra("", found),
      arithmetic_means: list(found.map((one) => one.arithmeticMean)),
      geometric_means: list(found.map((one) => one.geometricMean)),
      small: list(found.map((one) => one.small)),
      arguments: table(found.map((one) => one.angles)),
    };
  },

  autoencoder_spectrum: ({ encoder, decoder, inputs }) => {
    const [there, back] = [new Layers(encoder), new Layers(decoder)];
    const rows = there.rowsOf(inputs);
    const fits = back.inputs === there.outputs && back.outputs === there.inputs;
    const wanted = `from ${there.outputs} back to ${there.inputs}`;
    demand(fits, `the decoder must lead ${wanted} values; got from ${back.inputs} to ${back.outputs}`);
    const found = rows.map((input) => roundTrip(there, back, input));
    return {
      latents: table(found.map((one) => one.latent)),
      reconstructions: table(found.map((one) => one.again)),
      errors: list(found.map((one) => one.error)),
      latent_jacobians: stack(found.map((one) => one.ofLatent)),
      ...spectra("latent_", found.map((one) => spectrumOf(one.ofLatent))),
      ...spectra("input_", found.map((one) => spectrumOf(one.ofInput))),
    };
  },

  encoder_spectrum: ({ encoder, inputs }) => {
    const network = new Layers(encoder);
    const found = network.rowsOf(inputs).map((input, i) => stretchesOf(network, input, `input ${i}`));
    return {
      singular_values: table(found.map((one) => one.singularValues)),
      norms: list(found.map((one) => one.norm)),
      ranks: list(found.map((one) => one.rank)),
      conditions: list(found.map((one) => one.condition)),
      volumes: list(found.map((one) => one.volume)),
    };
  },

  spectrum_regression: ({ reading, ...sets }) => {
    const setOf = (name) => ({
      errors: sets[`${name}_errors`],
      values: sets[`${name}_values`],
      orientations: sets[`${name}_orientations`],
    });
    const fit = regressionOf(setOf("train"), setOf("test"), reading);
    return {
      coefficients: list(fit.coefficients),
      lows: list(fit.lows),
      highs: list(fit.highs),
      test_slope: fit.slope,
      test_slope_low: fit.low,
      test_slope_high: fit.high,
      n_train: fit.nTrain,
      n_test: fit.nTest,
    };
  },
};

function spectra(prefix, found) {
  return {
    [`${prefix}eigenvalues`]: stack(found.map((one) => one.roots)),
    [`${prefix}traces`]: list(found.map((one) => one.trace)),
    [`${prefix}log_volumes`]: list(found.map((one) => one.logVolume)),
    [`${prefix}orientations`]: list(found.map((one) => one.orientation)),
  };
}

function directions(vectors, N, length) {
  const [count, K, size] = vectors.shape;
  const fits = vectors.shape.length === 3 && count === N && K > 0 && size === length;
  demand(fits, `directions must have the shape (${N}, K, ${length}) (RMQM-JAC-001); got (${vectors.shape})`);
  return finite(vectors, "a direction").rows().map((row) => splitRow(row, K));
}

function splitRow(row, count) {
  const size = row.length / count;
  return Array.from({ length: count }, (_, i) => row.subarray(i * size, (i + 1) * size));
}

function stack(tables) {
  const shape = [tables.length, tables[0].length, tables[0][0].length];
  return NumericArray.stack("f8", shape, tables.flat());
}

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

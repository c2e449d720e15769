// Relative changes along one path of distances (families RMQM-DRC, RMQM-PRC and RMQM-DEG).

import { exactSum } from "./sums.mjs";

/**
 * `paper`: each change by the current distance; the divisor is J, less one for each undefined term.
 * 0/0 is 0 (RMQM-DEG-001), x/0 undefined (RMQM-DEG-002).
 */
function byCurrent(path, J) {
  const terms = changes(path, (previous, current) => (current === previous ? 0 : Math.abs(current - previous) / current));
  const defined = terms.filter(Number.isFinite);
  const undefinedTerms = terms.length - defined.length;
  return { mean: exactSum(defined) / (J - undefinedTerms), undefinedTerms };
}

/** `authors-2022`: each change by the previous distance; any zero denominator spoils the mean. */
function byPrevious(path) {
  const terms = changes(path, (previous, current) =>
    previous === 0 ? NaN : Math.abs(current - previous) / previous,
  );
  const undefinedTerms = terms.filter(Number.isNaN).length;
  return { mean: undefinedTerms === 0 ? exactSum(terms) / terms.length : NaN, undefinedTerms };
}

/** The relative changes of one input: of its displacements, and of its step lengths. */
export const RELATIVE_CHANGES = {
  paper: (displacements, stepLengths) => [
    byCurrent([0, ...displacements], displacements.length),
    byCurrent([...stepLengths], stepLengths.length),
  ],
  "authors-2022": (displacements, stepLengths) => [byPrevious([...displacements]), byPrevious([...stepLengths])],
};

function changes(path, term) {
  return path.slice(1).map((current, j) => term(path[j], current));
}

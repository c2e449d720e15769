// Correctly rounded sums (RMQM-AGG-003), after J. R. Shewchuk (1997), as Python's math.fsum.

/** The float64 nearest to the exact sum of finite values. */
export function exactSum(values) {
  const partials = []; // do not overlap, and grow in magnitude; their exact sum is the sum so far
  for (const value of values) {
    let x = value;
    let kept = 0;
    for (let y of partials) {
      if (Math.abs(x) < Math.abs(y)) [x, y] = [y, x];
      const high = x + y;
      const low = y - (high - x);
      if (low !== 0) partials[kept++] = low;
      x = high;
    }
    partials.length = kept;
    partials.push(x);
  }
  return rounded(partials);
}

function rounded(partials) {
  if (partials.length === 0) return 0;
  let sum = partials.pop();
  let rest = 0;
  while (partials.length > 0 && rest === 0) {
    const x = sum;
    const y = partials.pop();
    sum = x + y;
    rest = y - (sum - x);
  }
  // Half way between two float64: what is left below decides, not the even neighbour.
  const below = partials.at(-1) ?? 0;
  if ((rest < 0 && below < 0) || (rest > 0 && below > 0)) {
    const twice = 2 * rest;
    const other = sum + twice;
    if (twice === other - sum) return other;
  }
  return sum;
}

export function mean(values) {
  return exactSum(values) / values.length;
}

/** Euclidean norm of values that neither overflow nor underflow when squared. */
export function norm(values) {
  return Math.sqrt(exactSum(values.map((value) => value * value)));
}

export function dot(a, b) {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k] * b[k];
  return sum;
}

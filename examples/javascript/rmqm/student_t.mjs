// Quantile of Student's t distribution for whole degrees of freedom (RMQM-INT-002).

const NORMAL = 1.959963984540054; // the same quantile of the normal distribution

/** The t with P(|T| <= t) = 0.95, that is t_0.975, to within 1e-13 of itself. */
export function studentT(degrees) {
  return degrees > 1000 ? byExpansion(degrees) : byNewton(degrees);
}

/** Abramowitz and Stegun 26.7.5; what it leaves out is below 1e-14 here. */
function byExpansion(degrees) {
  const z = NORMAL;
  const terms = [
    z,
    (z ** 3 + z) / 4,
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96,
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384,
    (79 * z ** 9 + 776 * z ** 7 + 1482 * z ** 5 - 1920 * z ** 3 - 945 * z) / 92160,
  ];
  return terms.reduceRight((sum, term) => sum / degrees + term, 0);
}

/** With t = sqrt(degrees) tan(angle) the probability is concave in the angle: Newton's method, begun
 * below the solution, never passes it. */
function byNewton(degrees) {
  let angle = Math.atan(NORMAL / Math.sqrt(degrees));
  for (;;) {
    const [value, slope] = probabilityWithin(angle, degrees);
    const next = angle + (0.95 - value) / slope;
    if (!(next > angle)) return Math.sqrt(degrees) * Math.tan(angle);
    angle = next;
  }
}

/** P(|T| <= t) as a finite sum (Abramowitz and Stegun 26.7.3, 26.7.4), and its slope. */
function probabilityWithin(angle, degrees) {
  const odd = degrees % 2;
  const cosine = Math.cos(angle);
  const factor = odd ? 2 / Math.PI : 1;
  let term = odd ? cosine : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let k = odd + 2; k < degrees; k += 2) {
    term *= ((k - 1) / k) * cosine * cosine;
    sum += term;
  }
  const slope = degrees === 1 ? 1 : term * cosine * (degrees - 1);
  return [factor * ((odd ? angle : 0) + Math.sin(angle) * sum), factor * slope];
}

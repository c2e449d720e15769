//! Quantiles of the standard normal distribution, for the table of RMQM-WN-006.

use std::f64::consts::PI;

/// From here on the tail is a continued fraction; nearer to zero a series is more exact.
const TAIL: f64 = 2.0;

/// The density p(q).
pub fn density(q: f64) -> f64 {
    (-0.5 * q * q).exp() / (2.0 * PI).sqrt()
}

/// The probability between 0 and q.
fn from_zero(q: f64) -> f64 {
    let (mut term, mut sum, mut odd) = (q, q, 1.0);
    while term > sum * 1e-18 {
        odd += 2.0;
        term *= q * q / odd;
        sum += term;
    }
    density(q) * sum
}

/// The probability above q.
fn beyond(q: f64) -> f64 {
    let fraction = (1..=150).rev().fold(q, |below, k| q + f64::from(k) / below);
    density(q) / fraction
}

/// The q above which a probability lies, found by Newton's method from a start nearby.
///
/// `above` is the probability above q and `within` that between 0 and q: both are exact, so that
/// neither the middle nor the tail loses digits to a difference from one half.
pub fn upper_quantile(above: f64, within: f64, start: f64) -> f64 {
    let mut q = start;
    for _ in 0..50 {
        let excess = if q < TAIL { within - from_zero(q) } else { beyond(q) - above };
        let better = q + excess / density(q);
        if (better - q).abs() <= 1e-16 * q {
            return better;
        }
        q = better;
    }
    q
}

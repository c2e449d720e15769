//! The quantile 0.975 of Student's t distribution for whole degrees of freedom.

use std::f64::consts::{FRAC_2_PI, FRAC_PI_2};

/// The probability between the two quantiles.
const WITHIN: f64 = 0.95;
/// The quantile of the normal distribution.
const NORMAL: f64 = 1.959_963_984_540_054;
/// From here on the expansion about the normal quantile is exact to the last digits.
const MANY: u64 = 2000;

pub fn quantile(degrees: u64) -> f64 {
    if degrees >= MANY {
        expanded(degrees as f64)
    } else {
        searched(degrees)
    }
}

/// Halve the interval of the angle whose tangent is t divided by the root of the degrees.
fn searched(degrees: u64) -> f64 {
    let (mut low, mut high) = (0.0, FRAC_PI_2);
    loop {
        let angle = 0.5 * (low + high);
        if angle <= low || angle >= high {
            return angle.tan() * (degrees as f64).sqrt();
        }
        if within(angle, degrees) < WITHIN {
            low = angle
        } else {
            high = angle
        }
    }
}

/// The probability of at most t in size (Abramowitz and Stegun, 26.7.3 and 26.7.4).
fn within(angle: f64, degrees: u64) -> f64 {
    let (sine, cosine) = angle.sin_cos();
    let odd = degrees % 2 == 1;
    let (mut term, mut sum) = if odd { (cosine, cosine) } else { (1.0, 1.0) };
    let mut above = if odd { 3 } else { 2 };
    while above < degrees {
        term *= (above - 1) as f64 / above as f64 * cosine * cosine;
        sum += term;
        above += 2;
    }
    match (degrees, odd) {
        (1, _) => FRAC_2_PI * angle,
        (_, true) => FRAC_2_PI * (angle + sine * sum),
        _ => sine * sum,
    }
}

/// Powers of one over the degrees of freedom (Abramowitz and Stegun, 26.7.5).
fn expanded(degrees: f64) -> f64 {
    let z = NORMAL;
    let q = z * z;
    let terms = [
        z * (q + 1.0) / 4.0,
        z * ((5.0 * q + 16.0) * q + 3.0) / 96.0,
        z * (((3.0 * q + 19.0) * q + 17.0) * q - 15.0) / 384.0,
        z * ((((79.0 * q + 776.0) * q + 1482.0) * q - 1920.0) * q - 945.0) / 92160.0,
    ];
    z + terms.iter().rev().fold(0.0, |sum, term| (sum + term) / degrees)
}

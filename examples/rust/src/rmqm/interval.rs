//! The 95 % interval of the metric (family RMQM-INT).

use super::characterize::{characterize, Characteristics, Variant};
use super::given_distances::GivenDistances;
use super::refusal::Checked;
use super::student_t;
use super::sums::exact_sum;
use crate::refuse;

/// Both ends; NaN where the interval is undefined (RMQM-DEG-009, RMQM-INT-003).
pub fn interval(given: &GivenDistances, variant: Variant) -> Checked<(f64, f64)> {
    let found = characterize(given, variant)?;
    let count = found.inputs.len();
    if found.status != "ok" || count < 2 {
        return Ok((f64::NAN, f64::NAN));
    }
    let squares = influences(&found, variant).into_iter().map(|influence| influence * influence);
    let error = (exact_sum(squares) / (count as f64 * (count - 1) as f64)).sqrt();
    let half = student_t::quantile(count as u64 - 1) * error;
    if !half.is_finite() {
        refuse!(
            "the interval is too wide for float64: choose the resolution of the encoder's \
             arithmetic, at least 1e-12 (RMQM-DEG-010, RMQM-RES-001)"
        );
    }
    Ok((found.rmqm - half, found.rmqm + half))
}

/// The influence of each input on the metric (RMQM-INT-001).
fn influences(found: &Characteristics, variant: Variant) -> Vec<f64> {
    let kept = found.inputs.len() - found.left_out;
    let weight = found.inputs.len() as f64 / kept as f64;
    let inside = 1.0 + found.beyond_one(variant);
    let of_one = |input: &super::characterize::InputCharacteristics| {
        let mut moved = input.d - found.d;
        if variant == Variant::Authors {
            moved += input.s - found.s;
        }
        if let Some((d_rc, p_rc)) = input.changes {
            let uneven = (d_rc - found.d_rc) / (found.d_rc * found.d_rc)
                + (p_rc - found.p_rc) / (found.p_rc * found.p_rc);
            moved -= weight * uneven;
        }
        moved / inside
    };
    found.inputs.iter().map(of_one).collect()
}

//! The resolution of an arithmetic (family RMQM-RES).

use super::refusal::Checked;
use crate::refuse;

/// The resolution of the arithmetic in which an encoder computed (RMQM-RES-001).
pub fn of_arithmetic(arithmetic: &str) -> Checked<f64> {
    match arithmetic {
        "float64" | "integer" => Ok(1e-12),
        "float32" => Ok(1e-6),
        "float16" | "bfloat16" => Ok(1e-3),
        other => refuse!(
            "the resolution of the arithmetic {other:?} is unknown: name float64, float32, \
             float16, bfloat16 or integer (RMQM-RES-001)"
        ),
    }
}

/// Refuse what cannot be a resolution (RMQM-RES-005).
pub fn check(resolution: f64) -> Checked<f64> {
    if !(0.0..1.0).contains(&resolution) {
        refuse!("a resolution is at least 0 and below 1, not {resolution:?} (RMQM-RES-005)");
    }
    Ok(resolution)
}

/// What is below the resolution counts as zero (RMQM-RES-002, RMQM-RES-003).
pub fn apply(value: f64, resolution: f64) -> f64 {
    if value < resolution {
        0.0
    } else {
        value
    }
}

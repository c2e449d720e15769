//! Declared bounds, and the rule that no value lies outside (RMQM-INP-001, RMQM-INP-008).

use super::half;
use super::numeric_array::{Dtype, Number, NumericArray};
use super::real::Real;
use super::refusal::Checked;
use crate::refuse;

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    pub low: f64,
    pub high: f64,
}

impl Bounds {
    pub fn declared(low: f64, high: f64) -> Checked<Self> {
        if !(low.is_finite() && high.is_finite() && low < high) {
            refuse!(
                "the bounds [{low:?}, {high:?}] are not bounds: declare two finite numbers, \
                 the lower first (RMQM-INP-001)"
            );
        }
        Ok(Bounds { low, high })
    }

    /// Both bounds in a floating type.
    ///
    /// What does not fit the type is refused: an infinite bound is none.
    pub fn in_type<R: Real>(self) -> Checked<(R, R)> {
        let (low, high) = (R::rounded(self.low), R::rounded(self.high));
        if !(low.is_finite() && high.is_finite()) {
            refuse!(
                "the bounds [{:?}, {:?}] are too large for {}: declare smaller bounds, or give \
                 the inputs as float64",
                self.low,
                self.high,
                R::NAME
            );
        }
        Ok((low, high))
    }

    /// Refuse an input with a value outside, or with one that is not a number.
    pub fn hold(self, input: &NumericArray, name: &str) -> Checked<()> {
        let (low, high) = (self.low, self.high);
        match input.numbers().find(|value| !self.contains(*value, input.dtype)) {
            None => Ok(()),
            Some(value) => refuse!(
                "{name} has the value {value}, which is not within its bounds [{low:?}, {high:?}]: \
                 scale the values into the bounds, or declare the bounds that they have \
                 (RMQM-INP-008)"
            ),
        }
    }

    /// Integers are compared exactly, floating values with the bounds rounded to their type.
    fn contains(self, value: Number, dtype: Dtype) -> bool {
        match value {
            // A cast to an integer saturates, and no integer type here reaches that far.
            Number::Integer(value) => {
                self.low.ceil() as i128 <= value && value <= self.high.floor() as i128
            }
            Number::Floating(value) => {
                let to_type: fn(f64) -> f64 = match dtype.size {
                    2 => half::rounded,
                    4 => |bound| f64::from(bound as f32),
                    _ => |bound| bound,
                };
                to_type(self.low) <= value && value <= to_type(self.high)
            }
        }
    }
}

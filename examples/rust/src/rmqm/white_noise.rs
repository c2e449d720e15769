//! White noise (families RMQM-ALT and RMQM-WN).

use super::bounds::Bounds;
use super::normal_table::normal_table;
use super::numeric_array::{NumericArray, FLOAT32, FLOAT64};
use super::philox;
use super::real::Real;
use super::refusal::Checked;
use super::sha256;
use super::whole_number::WholeNumber;
use crate::refuse;

const LANES: usize = 16;
/// Levels are far below this; above it j / J would leave the range of float64.
const LARGEST_J_BITS: usize = 1000;

pub struct WhiteNoise<'a> {
    pub levels: &'a [WholeNumber],
    pub n_levels: &'a WholeNumber,
    /// In decimal digits, as it enters the key: a seed may have any size.
    pub seed: &'a str,
    pub bounds: Bounds,
    pub coupling: &'a str,
}

impl WhiteNoise<'_> {
    /// Alter inputs (N, *S), whose names are given, to (N, levels, *S).
    pub fn alter(&self, inputs: &NumericArray, ids: &[String]) -> Checked<NumericArray> {
        self.check(inputs, ids)?;
        match inputs.dtype {
            FLOAT32 => self.alter_reals::<f32>(inputs, ids),
            FLOAT64 => self.alter_reals::<f64>(inputs, ids),
            other => refuse!(
                "inputs are altered as float32 or float64, not {}: prepare them before \
                 (RMQM-INP-007)",
                other.code()
            ),
        }
    }

    fn check(&self, inputs: &NumericArray, ids: &[String]) -> Checked<()> {
        if inputs.shape.first() != Some(&ids.len()) {
            refuse!(
                "{} ids for inputs of shape {:?}: give one id for each input",
                ids.len(),
                inputs.shape
            );
        }
        if self.n_levels.is_zero() || self.n_levels.bits() > LARGEST_J_BITS {
            refuse!("J is to be at least 1 and below 2^{LARGEST_J_BITS} (RMQM-ALT-001)");
        }
        if let Some(level) = self.levels.iter().find(|level| *level > self.n_levels) {
            refuse!(
                "there is no level {level}: the levels are 0 to {} (RMQM-ALT-001)",
                self.n_levels
            );
        }
        if !["independent", "common"].contains(&self.coupling) {
            refuse!(
                "there is no coupling {:?}: the couplings are \"independent\" and \"common\" \
                     (RMQM-WN-008)",
                self.coupling
            );
        }
        self.bounds.hold(inputs, "an input")
    }

    fn alter_reals<R: Real>(&self, inputs: &NumericArray, ids: &[String]) -> Checked<NumericArray> {
        let (low, high) = self.bounds.in_type::<R>()?;
        let scales =
            self.levels.iter().map(|level| self.scale(level)).collect::<Checked<Vec<R>>>()?;
        let size: usize = inputs.shape[1..].iter().product();
        let starts = self
            .levels
            .iter()
            .map(|level| self.first_counter(level, size))
            .collect::<Checked<Vec<_>>>()?;
        let values: Vec<R> = inputs.reals();
        let mut altered = Vec::with_capacity(values.len() * self.levels.len());
        for (place, id) in ids.iter().enumerate() {
            let input = &values[place * size..(place + 1) * size];
            let key = key_of(self.seed, id);
            for ((level, scale), start) in self.levels.iter().zip(&scales).zip(&starts) {
                if level.is_zero() {
                    altered.extend(input);
                } else {
                    let noise = draw(key, *start, size);
                    altered.extend(input.iter().zip(noise).map(|(value, normal)| {
                        clip(*value + *scale * R::rounded(f64::from(normal)), low, high)
                    }));
                }
            }
        }
        let mut shape = vec![ids.len(), self.levels.len()];
        shape.extend(&inputs.shape[1..]);
        Ok(NumericArray::of_reals(&altered, shape))
    }

    /// The factor of the noise: in float64 up to the one rounding to the type (RMQM-WN-007).
    fn scale<R: Real>(&self, level: &WholeNumber) -> Checked<R> {
        let width = self.bounds.high - self.bounds.low;
        let scale = R::rounded(level.ratio(self.n_levels) * width);
        if !scale.is_finite() {
            refuse!(
                "the bounds [{:?}, {:?}] are too far apart for noise in {}: declare closer bounds",
                self.bounds.low,
                self.bounds.high,
                R::NAME
            );
        }
        Ok(scale)
    }

    /// The counter value of the first block of a level (RMQM-WN-004).
    fn first_counter(&self, level: &WholeNumber, size: usize) -> Checked<[u64; 4]> {
        let blocks = size.div_ceil(LANES) as u64;
        let one = WholeNumber::from_digits("1");
        let drawn = if self.coupling == "common" { &one } else { level };
        let first = drawn.times(blocks);
        if first.plus(blocks.saturating_sub(1)).four_words().is_none() {
            refuse!("level {level} needs counter values beyond 256 bits (RMQM-WN-004)");
        }
        Ok(first.four_words().unwrap_or_default())
    }
}

/// The key of an input (RMQM-WN-003).
pub fn key_of(seed: &str, id: &str) -> [u64; 2] {
    let digest = sha256::digest(format!("rmqm-white-noise/1\n{seed}\n{id}").as_bytes());
    std::array::from_fn(|word| {
        let bytes = &digest[8 * word..8 * word + 8];
        bytes.iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte))
    })
}

/// The lanes of a level, one for each value.
pub fn lanes(key: [u64; 2], first_counter: [u64; 4], size: usize) -> impl Iterator<Item = u16> {
    std::iter::successors(Some(first_counter), |counter| Some(philox::next(*counter)))
        .flat_map(move |counter| philox::lanes(philox::block(counter, key)))
        .take(size)
}

fn draw(key: [u64; 2], first_counter: [u64; 4], size: usize) -> impl Iterator<Item = f32> {
    let table = normal_table();
    lanes(key, first_counter, size).map(move |lane| table[usize::from(lane)])
}

/// A value that equals a bound stays as it is, so the sign of its zero does too.
fn clip<R: Real>(value: R, low: R, high: R) -> R {
    if value < low {
        low
    } else if value > high {
        high
    } else {
        value
    }
}

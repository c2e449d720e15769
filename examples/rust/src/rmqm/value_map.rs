//! From altered inputs to the values that a network takes (RMQM-ALT-008).

use super::half;
use super::numeric_array::{NumericArray, FLOAT16, FLOAT32, FLOAT64, UINT8};
use super::refusal::Checked;
use crate::refuse;

pub struct ValueMap<'a> {
    pub scale: f64,
    pub means: &'a [f64],
    pub stds: &'a [f64],
    /// The type that the network takes.
    pub network: &'a str,
}

/// Factor and offset of one channel.
type Affine = (f64, f64);

impl ValueMap<'_> {
    /// Map inputs (N, C, *S).
    pub fn map(&self, inputs: &NumericArray) -> Checked<NumericArray> {
        let [_, channels, axes @ ..] = &inputs.shape[..] else {
            refuse!("inputs have the shape (N, C, ...), not {:?}", inputs.shape);
        };
        if inputs.dtype != FLOAT32 && inputs.dtype != FLOAT64 {
            refuse!("altered inputs are float32 or float64, not {}", inputs.dtype.code());
        }
        if !["float64", "float32", "float16", "uint8"].contains(&self.network) {
            refuse!("a network takes float64, float32, float16 or uint8, not {:?}", self.network);
        }
        let maps = self.of_channels(*channels)?;
        let size = axes.iter().product::<usize>().max(1);
        let values = inputs.widened();
        if let Some(value) = values.iter().find(|value| !value.is_finite()) {
            refuse!("the altered inputs hold {value}, which is within no bounds (RMQM-INP-008)");
        }
        let identity = maps.iter().all(|map| *map == (1.0, 0.0));
        let single = inputs.dtype == FLOAT32 && self.network != "float64";
        let mapped = values.iter().enumerate().map(|(place, value)| {
            let (factor, offset) = maps[place / size % channels];
            match (identity, single) {
                (true, _) => *value,
                (_, true) => f64::from(*value as f32 * factor as f32 + offset as f32),
                _ => value * factor + offset,
            }
        });
        self.in_type(mapped.collect(), inputs.shape.clone())
    }

    fn of_channels(&self, channels: usize) -> Checked<Vec<Affine>> {
        for (what, values) in [("means", self.means), ("standard deviations", self.stds)] {
            if values.len() != 1 && values.len() != channels {
                refuse!(
                    "{} {what} for {channels} channels: give one, or one for each channel",
                    values.len()
                );
            }
        }
        (0..channels)
            .map(|channel| self.of_one(at(self.means, channel), at(self.stds, channel)))
            .collect()
    }

    fn of_one(&self, mean: f64, std: f64) -> Checked<Affine> {
        let finite = self.scale.is_finite() && mean.is_finite() && std.is_finite();
        if !finite || std <= 0.0 {
            refuse!(
                "a value map has finite numbers and standard deviations above zero, not scale \
                 {:?}, mean {mean:?}, standard deviation {std:?} (RMQM-ALT-008)",
                self.scale
            );
        }
        let (factor, offset) = (self.scale / std, -mean / std);
        let (factor, offset) = match self.network {
            "float64" => (factor, offset),
            _ => (f64::from(factor as f32), f64::from(offset as f32)),
        };
        if !(factor.is_finite() && offset.is_finite()) {
            refuse!(
                "scale {:?}, mean {mean:?} and standard deviation {std:?} give a factor or an \
                 offset that is infinite (RMQM-ALT-008)",
                self.scale
            );
        }
        Ok((factor, offset))
    }

    fn in_type(&self, values: Vec<f64>, shape: Vec<usize>) -> Checked<NumericArray> {
        let (dtype, bytes): (_, Vec<u8>) = match self.network {
            "float64" => return Ok(NumericArray::of_reals(&values, shape)),
            "float32" => (FLOAT32, values.iter().flat_map(|v| (*v as f32).to_le_bytes()).collect()),
            "float16" => {
                (FLOAT16, values.iter().flat_map(|v| half::to_bits(*v).to_le_bytes()).collect())
            }
            // The cast saturates.
            _ => (UINT8, values.iter().map(|v| v.round_ties_even() as u8).collect()),
        };
        Ok(NumericArray { dtype, shape, bytes })
    }
}

fn at(values: &[f64], channel: usize) -> f64 {
    if values.len() == 1 {
        values[0]
    } else {
        values[channel]
    }
}

//! Distances that are given from outside (RMQM-DIST-007), at a resolution.

use super::numeric_array::NumericArray;
use super::refusal::Checked;
use super::resolution;
use crate::refuse;

/// A distance of unit vectors is at most 2, and by rounding a little more.
const LARGEST: f64 = 2.0 + 1e-9;

/// The sufficient statistic; what is below the resolution is zero already.
pub struct GivenDistances {
    pub n_levels: usize,
    pub displacements: Vec<f64>,
    pub step_lengths: Vec<f64>,
    pub resolution: f64,
}

impl GivenDistances {
    pub fn checked(d: &NumericArray, s: &NumericArray, resolution: f64) -> Checked<Self> {
        let resolution = resolution::check(resolution)?;
        if d.shape != s.shape {
            refuse!(
                "displacements have the shape {:?}, step lengths {:?}: they come in pairs \
                 (RMQM-DIST-007)",
                d.shape,
                s.shape
            );
        }
        let n_levels = match d.shape[..] {
            [n_inputs, n_levels] if n_inputs > 0 && n_levels > 0 => n_levels,
            _ => refuse!(
                "distances have the shape (N, J) with N and J of at least 1, not {:?} \
                 (RMQM-DIST-007)",
                d.shape
            ),
        };
        Ok(GivenDistances {
            n_levels,
            displacements: in_range(d, "displacement", resolution)?,
            step_lengths: in_range(s, "step length", resolution)?,
            resolution,
        })
    }

    /// The displacements and the step lengths of each input.
    pub fn rows(&self) -> impl Iterator<Item = (&[f64], &[f64])> {
        let d = self.displacements.chunks_exact(self.n_levels);
        d.zip(self.step_lengths.chunks_exact(self.n_levels))
    }
}

fn in_range(distances: &NumericArray, name: &str, resolution: f64) -> Checked<Vec<f64>> {
    let values = distances.widened();
    if let Some(value) = values.iter().find(|value| !(0.0..=LARGEST).contains(*value)) {
        refuse!(
            "a {name} is {value:?}, but unit vectors are 0 to 2 apart: divide each representation \
             by its norm (RMQM-DIST-007)"
        );
    }
    Ok(values.into_iter().map(|value| resolution::apply(value, resolution)).collect())
}

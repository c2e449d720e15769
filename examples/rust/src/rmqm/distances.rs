//! Displacements and step lengths of representations (family RMQM-DIST).

use super::numeric_array::NumericArray;
use super::refusal::Checked;
use super::sums::exact_sum;
use crate::refuse;

pub struct Distances {
    pub displacements: NumericArray,
    pub step_lengths: NumericArray,
}

/// Distances of trajectories (N, J + 1, E), level 0 first.
pub fn distances(trajectories: &NumericArray) -> Checked<Distances> {
    let (inputs, points, size) = match trajectories.shape[..] {
        [inputs, points, size] if inputs > 0 && points > 1 && size > 0 => (inputs, points, size),
        _ => refuse!(
            "trajectories have the shape (N, J + 1, E) with N, J and E of at least 1, not {:?}",
            trajectories.shape
        ),
    };
    let (mut displacements, mut step_lengths) = (Vec::new(), Vec::new());
    for (input, values) in trajectories.widened().chunks_exact(points * size).enumerate() {
        let units = unit_vectors(values, size, input)?;
        for level in 1..points {
            displacements.push(distance(&units[0], &units[level]));
            step_lengths.push(distance(&units[level - 1], &units[level]));
        }
    }
    let shape = vec![inputs, points - 1];
    Ok(Distances {
        displacements: NumericArray::of_reals(&displacements, shape.clone()),
        step_lengths: NumericArray::of_reals(&step_lengths, shape),
    })
}

fn unit_vectors(values: &[f64], size: usize, input: usize) -> Checked<Vec<Vec<f64>>> {
    let mut units = Vec::with_capacity(values.len() / size);
    for (level, representation) in values.chunks_exact(size).enumerate() {
        match unit_vector(representation) {
            Some(unit) => units.push(unit),
            None => refuse!(
                "the representation of input {input} at level {level} has the norm zero or a value \
                 that is not finite: it has no direction (RMQM-ENC-005)"
            ),
        }
    }
    Ok(units)
}

/// Divided by its norm, by way of its largest value so that no square overflows (RMQM-DIST-002).
fn unit_vector(values: &[f64]) -> Option<Vec<f64>> {
    if !values.iter().all(|value| value.is_finite()) {
        return None;
    }
    let largest = values.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
    if largest == 0.0 {
        return None;
    }
    let scaled: Vec<f64> = values.iter().map(|value| value / largest).collect();
    let norm = exact_sum(scaled.iter().map(|value| value * value)).sqrt();
    Some(scaled.iter().map(|value| value / norm).collect())
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    exact_sum(a.iter().zip(b).map(|(a, b)| (a - b) * (a - b))).sqrt()
}

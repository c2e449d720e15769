//! The mean relative change of the distances of one input (families RMQM-DRC, PRC and DEG).

use super::sums::exact_sum;

/// The mean of the defined terms, and the number of the others.
pub struct RelativeChange {
    pub mean: f64,
    pub undefined: usize,
}

/// `paper`: each change is divided by the current distance, their sum by J.
///
/// Displacements start at level 0, which is zero, step lengths at level 1.
pub fn of_paper(path: &[f64], n_levels: usize) -> RelativeChange {
    let mut terms = Vec::with_capacity(n_levels);
    let mut undefined = 0;
    for pair in path.windows(2) {
        let change = (pair[1] - pair[0]).abs();
        match (change == 0.0, pair[1] == 0.0) {
            (true, true) => terms.push(0.0),
            (false, true) => undefined += 1,
            _ => terms.push(change / pair[1]),
        }
    }
    RelativeChange { mean: exact_sum(terms) / (n_levels - undefined) as f64, undefined }
}

/// `authors-2022`: each change from level 2 on is divided by the previous distance.
///
/// A zero among the denominators leaves no value at all.
pub fn of_authors(distances: &[f64]) -> Option<f64> {
    let (_, denominators) = distances.split_last()?;
    if denominators.contains(&0.0) {
        return None;
    }
    let terms = distances.windows(2).map(|pair| (pair[1] - pair[0]).abs() / pair[0]);
    Some(exact_sum(terms) / denominators.len() as f64)
}

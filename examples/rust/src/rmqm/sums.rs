//! Correctly rounded sums (RMQM-AGG-003), by the method of Shewchuk.

/// The float64 nearest to the exact sum of finite values.
pub fn exact_sum(values: impl IntoIterator<Item = f64>) -> f64 {
    // Parts that do not overlap, the smallest first; together they are the exact sum.
    let mut parts: Vec<f64> = Vec::new();
    for value in values {
        let mut high = value;
        let mut kept = 0;
        for place in 0..parts.len() {
            let (sum, error) = two_sum(high, parts[place]);
            if error != 0.0 {
                parts[kept] = error;
                kept += 1;
            }
            high = sum;
        }
        parts.truncate(kept);
        parts.push(high);
    }
    rounded(&parts)
}

pub fn mean(values: &[f64]) -> f64 {
    exact_sum(values.iter().copied()) / values.len() as f64
}

/// The rounded sum and its error, both exact together.
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let (large, small) = if a.abs() < b.abs() { (b, a) } else { (a, b) };
    let sum = large + small;
    (sum, small - (sum - large))
}

fn rounded(parts: &[f64]) -> f64 {
    let mut rest = parts.iter().rev().copied();
    let mut sum = rest.next().unwrap_or(0.0);
    let mut error = 0.0;
    for part in rest.by_ref() {
        (sum, error) = two_sum(sum, part);
        if error != 0.0 {
            break;
        }
    }
    // A tie was rounded to even; a smaller part on the same side says that it was no tie.
    let smaller = rest.next().unwrap_or(0.0);
    let same_side = (error < 0.0 && smaller < 0.0) || (error > 0.0 && smaller > 0.0);
    let beyond = sum + 2.0 * error;
    if same_side && beyond - sum == 2.0 * error {
        return beyond;
    }
    sum
}

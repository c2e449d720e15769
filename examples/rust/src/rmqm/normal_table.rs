//! The 65536 normal values of RMQM-WN-006.

use super::normal_quantile::{density, upper_quantile};
use super::sha256;
use std::sync::OnceLock;

const CELLS: usize = 65536;
/// From this cell on a power series about the middle of a cell converges too slowly.
const TAIL: usize = CELLS - 1000;
const DIGEST: &str = "e6b56edea11a92475977d8ce30e38df854a13a7320e0e25f25288a43158e1711";

/// The table, made once and held against its digest.
pub fn normal_table() -> &'static [f32] {
    static TABLE: OnceLock<Vec<f32>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let table = computed();
        assert!(
            digest(&table) == DIGEST,
            "the table of normal values differs from that of RMQM-WN-006: \
             the exponential function of this platform is not exact enough"
        );
        table
    })
}

fn digest(table: &[f32]) -> String {
    let bytes: Vec<u8> = table.iter().flat_map(|value| value.to_le_bytes()).collect();
    sha256::hex_digest(&bytes)
}

/// The upper half from the middle outwards, and its mirror image.
fn computed() -> Vec<f32> {
    let mut table = vec![0.0; CELLS];
    let mut start = 0.0;
    for cell in CELLS / 2..CELLS {
        let value = if cell < TAIL {
            let middle = quantile(cell as f64 + 0.5, start);
            start = middle;
            mean_about(middle)
        } else {
            let inner = quantile(cell as f64, start);
            start = inner;
            mean_beyond(cell, inner)
        };
        table[cell] = value as f32;
        table[CELLS - 1 - cell] = -table[cell];
    }
    table
}

/// The q below which a number of cells lies, from a start a little below it.
fn quantile(cells_below: f64, start: f64) -> f64 {
    let cells = CELLS as f64;
    let (above, within) = ((cells - cells_below) / cells, (cells_below - cells / 2.0) / cells);
    upper_quantile(above, within, start)
}

/// The mean over a cell from the quantile in its middle, by the derivatives of the quantile.
///
/// The difference of two densities, in whatever form, would need quantiles that are exact to more
/// digits than float64 has: its error is that of a quantile divided by the width of a cell.
fn mean_about(middle: f64) -> f64 {
    let p = density(middle);
    let half = 0.5 / CELLS as f64;
    let square = half * half / (p * p);
    let second = middle;
    let fourth = middle * (7.0 + 6.0 * middle * middle);
    middle + square * (second / 6.0 + square * fourth / 120.0)
}

/// The mean over a cell that begins at a quantile, in the tail, where cells are wide.
fn mean_beyond(cell: usize, inner: f64) -> f64 {
    let cells = CELLS as f64;
    if cell == CELLS - 1 {
        return cells * density(inner);
    }
    let outer = quantile(cell as f64 + 1.0, inner);
    // p(inner) - p(outer), without the cancellation.
    let share = -(-(outer - inner) * (outer + inner) / 2.0).exp_m1();
    cells * density(inner) * share
}

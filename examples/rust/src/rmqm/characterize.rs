//! Characteristics and the metric (families RMQM-D, DRC, PRC, DEG, AGG, MET and RES).

use super::given_distances::GivenDistances;
use super::refusal::Checked;
use super::relative_change::{of_authors, of_paper};
use super::resolution;
use super::sums::mean;
use crate::refuse;

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Variant {
    Paper,
    Authors,
}

impl Variant {
    pub fn named(name: &str) -> Checked<Self> {
        match name {
            "paper" => Ok(Variant::Paper),
            "authors-2022" => Ok(Variant::Authors),
            other => refuse!(
                "there is no variant {other:?}: the variants are \"paper\" and \"authors-2022\" \
                 (RMQM-MET-004)"
            ),
        }
    }
}

/// The characteristics of one input.
pub struct InputCharacteristics {
    pub d: f64,
    pub s: f64,
    /// D_RC and P_RC; nothing where the input leaves their means (RMQM-AGG-002).
    pub changes: Option<(f64, f64)>,
    undefined: (usize, usize),
}

/// The characteristics of an encoder; what is undefined is NaN.
pub struct Characteristics {
    pub inputs: Vec<InputCharacteristics>,
    pub d: f64,
    pub s: f64,
    pub d_rc: f64,
    pub p_rc: f64,
    pub rmqm: f64,
    pub weighted_rmqm: f64,
    pub status: &'static str,
    pub undefined_d_rc: usize,
    pub undefined_p_rc: usize,
    pub left_out: usize,
}

pub fn characterize(given: &GivenDistances, variant: Variant) -> Checked<Characteristics> {
    if variant == Variant::Authors && given.n_levels < 2 {
        refuse!("the variant authors-2022 needs J of at least 2, not 1 (RMQM-DRC-002)");
    }
    let inputs: Vec<_> = given.rows().map(|(d, s)| of_input(d, s, variant)).collect();
    let kept: Vec<(f64, f64)> = inputs.iter().filter_map(|input| input.changes).collect();
    let counted = |values: Vec<f64>| resolution::apply(mean(&values), given.resolution);
    let mut found = Characteristics {
        d: counted(inputs.iter().map(|input| input.d).collect()),
        s: mean(&inputs.iter().map(|input| input.s).collect::<Vec<_>>()),
        // The mean of nothing is 0 / 0, which is NaN.
        d_rc: counted(kept.iter().map(|changes| changes.0).collect()),
        p_rc: counted(kept.iter().map(|changes| changes.1).collect()),
        rmqm: f64::NAN,
        weighted_rmqm: f64::NAN,
        status: "ok",
        undefined_d_rc: inputs.iter().map(|input| input.undefined.0).sum(),
        undefined_p_rc: inputs.iter().map(|input| input.undefined.1).sum(),
        left_out: inputs.len() - kept.len(),
        inputs,
    };
    found.status = status(&found, given.n_levels);
    score(&mut found, variant);
    refuse_infinity(&found)?;
    Ok(found)
}

fn of_input(d: &[f64], s: &[f64], variant: Variant) -> InputCharacteristics {
    let (changes, undefined) = match variant {
        Variant::Paper => {
            let path: Vec<f64> = std::iter::once(0.0).chain(d.iter().copied()).collect();
            let (d_rc, p_rc) = (of_paper(&path, d.len()), of_paper(s, s.len()));
            (Some((d_rc.mean, p_rc.mean)), (d_rc.undefined, p_rc.undefined))
        }
        Variant::Authors => (of_authors(d).zip(of_authors(s)), (0, 0)),
    };
    InputCharacteristics { d: mean(d), s: mean(s), changes, undefined }
}

/// The first status that holds (RMQM-DEG-008).
fn status(found: &Characteristics, n_levels: usize) -> &'static str {
    let n_inputs = found.inputs.len();
    // More than one per cent, in whole numbers; both counts are zero in authors-2022.
    let many = |undefined: usize, terms: usize| 100 * undefined > terms;
    let undefined = many(found.undefined_d_rc, n_inputs * n_levels)
        || many(found.undefined_p_rc, n_inputs * (n_levels - 1))
        || found.left_out == n_inputs;
    if found.d == 0.0 {
        "collapsed"
    } else if undefined {
        "undefined-terms"
    } else if found.d_rc == 0.0 || found.p_rc == 0.0 {
        "constant-steps"
    } else {
        "ok"
    }
}

/// The metric (RMQM-MET-001 to 003); without the status ok there is none (RMQM-DEG-009).
fn score(found: &mut Characteristics, variant: Variant) {
    if found.status != "ok" {
        return;
    }
    found.rmqm = found.beyond_one(variant).ln_1p();
    if variant == Variant::Paper {
        found.weighted_rmqm = (0.95 * found.d + 0.74 / found.d_rc + 0.11 / found.p_rc).ln_1p();
    }
}

impl Characteristics {
    /// What the logarithm is taken of, less one.
    pub fn beyond_one(&self, variant: Variant) -> f64 {
        let s = if variant == Variant::Authors { self.s } else { 0.0 };
        self.d + s + 1.0 / self.d_rc + 1.0 / self.p_rc
    }
}

/// A resolution near zero lets relative changes outgrow float64 (RMQM-DEG-010).
fn refuse_infinity(found: &Characteristics) -> Checked<()> {
    if [found.d_rc, found.p_rc, found.rmqm, found.weighted_rmqm].iter().any(|v| v.is_infinite()) {
        refuse!(
            "a relative change is too large for float64: choose the resolution of the encoder's \
             arithmetic, at least 1e-12 (RMQM-DEG-010, RMQM-RES-001)"
        );
    }
    Ok(())
}

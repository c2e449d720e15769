//! Distances, characteristics, the metric and its interval.

use super::Page;
use crate::rmqm::characterize::{characterize, Characteristics, Variant};
use crate::rmqm::distances::distances;
use crate::rmqm::given_distances::GivenDistances;
use crate::rmqm::interval::interval;
use crate::rmqm::numeric_array::NumericArray;
use crate::rmqm::refusal::Checked;

const FIRST: [f64; 8] = [1.0, 0.0, 0.6, 0.8, 0.0, 1.0, -0.6, 0.8];
const SECOND: [f64; 8] = [1.0, 0.0, 0.8, 0.6, 0.6, 0.8, 0.0, 1.0];
const THIRD: [f64; 8] = [1.0, 0.0, 0.96, 0.28, 0.8, 0.6, -0.6, 0.8];
const UNDEFINED: f64 = f64::NAN;

impl Page {
    /// D, S, D_RC, P_RC, RMQM and the weighted RMQM.
    fn six(&mut self, what: &str, found: &Characteristics, should: [f64; 6]) {
        let got = [found.d, found.s, found.d_rc, found.p_rc, found.rmqm, found.weighted_rmqm];
        for (got, should) in got.into_iter().zip(should) {
            self.near(what, got, should);
        }
    }

    pub fn points_on_the_circle(&mut self) -> Checked<()> {
        let given = of_representations(&FIRST, 1)?;
        #[allow(clippy::approx_constant)] // six digits, as the annex prints them
        let d = [0.894427, 1.414214, 1.788854];
        for (got, should) in given.displacements.iter().zip(d) {
            self.near("displacement", *got, should);
        }
        for (got, should) in given.step_lengths.iter().zip([0.894427, 0.632456, 0.632456]) {
            self.near("step length", *got, should);
        }
        let paper = [1.365832, 0.719779, 0.525658, 0.138071, 2.443290, 1.504519];
        self.six("circle, paper", &characterize(&given, Variant::Paper)?, paper);
        let authors = [1.365832, 0.719779, 0.423025, 0.146447, 2.507806, UNDEFINED];
        self.six("circle, authors", &characterize(&given, Variant::Authors)?, authors);
        self.near("interval of one input", interval(&given, Variant::Paper)?.0, UNDEFINED);
        Ok(())
    }

    pub fn great_circle(&mut self) -> Checked<()> {
        let angles = (0..10).map(|j| 0.1 * f64::from(j));
        let points: Vec<f64> = angles.flat_map(|angle| [angle.cos(), angle.sin()]).collect();
        let given = of_representations(&points, 1)?;
        for (variant, d_rc) in [(Variant::Paper, 0.311252), (Variant::Authors, 0.334570)] {
            let found = characterize(&given, variant)?;
            self.near("great circle, D", found.d, 0.490695);
            self.near("great circle, D_RC", found.d_rc, d_rc);
            self.same("great circle, P_RC", found.p_rc, 0.0);
            self.same("great circle, status", found.status, "constant-steps");
            self.near("great circle, RMQM", found.rmqm, UNDEFINED);
        }
        Ok(())
    }

    pub fn three_inputs(&mut self) -> Checked<()> {
        let given = of_representations(&[FIRST, SECOND, THIRD].concat(), 3)?;
        let paper = [1.082527, 0.640213, 0.604072, 0.351057, 1.885022, 1.271658];
        self.six("three inputs, paper", &characterize(&given, Variant::Paper)?, paper);
        let authors = [1.082527, 0.640213, 0.817650, 0.883251, 1.624906, UNDEFINED];
        self.six("three inputs, authors", &characterize(&given, Variant::Authors)?, authors);
        let ends =
            [(Variant::Paper, [1.091786, 2.678257]), (Variant::Authors, [0.633292, 2.616520])];
        for (variant, [low, high]) in ends {
            let found = interval(&given, variant)?;
            self.near("three inputs, interval", found.0, low);
            self.near("three inputs, interval", found.1, high);
        }
        Ok(())
    }

    pub fn zero_denominators(&mut self) -> Checked<()> {
        let given = of_distances(&[0.5, 0.5, 0.0, 0.8, 0.8], &[0.5, 0.0, 0.0, 0.8, 0.0])?;
        let paper = characterize(&given, Variant::Paper)?;
        self.near("zero denominators, D_RC", paper.d_rc, 0.5);
        self.near("zero denominators, P_RC", paper.p_rc, 0.333333);
        let undefined = (paper.undefined_d_rc, paper.undefined_p_rc);
        self.same("zero denominators, undefined terms", undefined, (1, 2));
        self.same("zero denominators, status", paper.status, "undefined-terms");
        let authors = characterize(&given, Variant::Authors)?;
        self.same("zero denominators, left out", authors.left_out, 1);
        self.same("zero denominators, status", authors.status, "undefined-terms");
        Ok(())
    }

    pub fn straight_paths(&mut self) -> Checked<()> {
        for (n_levels, d_rc) in [(9, 0.314330), (29, 0.136609), (99, 0.052297)] {
            let d: Vec<f64> = (1..=n_levels).map(|j| 0.01 * f64::from(j)).collect();
            let given = of_distances(&d, &vec![0.01; d.len()])?;
            let found = characterize(&given, Variant::Paper)?;
            self.near("straight path, D_RC", found.d_rc, d_rc);
            self.same("straight path, P_RC", found.p_rc, 0.0);
        }
        Ok(())
    }
}

fn of_representations(points: &[f64], n_inputs: usize) -> Checked<GivenDistances> {
    let shape = vec![n_inputs, points.len() / (2 * n_inputs), 2];
    let found = distances(&NumericArray::of_reals(points, shape))?;
    GivenDistances::checked(&found.displacements, &found.step_lengths, 1e-12)
}

fn of_distances(d: &[f64], s: &[f64]) -> Checked<GivenDistances> {
    let array = |values: &[f64]| NumericArray::of_reals(values, vec![1, values.len()]);
    GivenDistances::checked(&array(d), &array(s), 1e-12)
}

//! The check values of Annex A.

use crate::rmqm::bounds::Bounds;
use crate::rmqm::characterize::{characterize, Characteristics, Variant};
use crate::rmqm::content_id::content_id;
use crate::rmqm::distances::distances;
use crate::rmqm::given_distances::GivenDistances;
use crate::rmqm::inputs::prepare_image;
use crate::rmqm::interval::interval;
use crate::rmqm::normal_table::normal_table;
use crate::rmqm::numeric_array::{NumericArray, UINT8};
use crate::rmqm::philox;
use crate::rmqm::refusal::{Checked, Refusal};
use crate::rmqm::sha256;
use crate::rmqm::white_noise::{key_of, lanes, WhiteNoise};
use crate::rmqm::whole_number::WholeNumber;
use std::process::ExitCode;

const FIRST: [f64; 8] = [1.0, 0.0, 0.6, 0.8, 0.0, 1.0, -0.6, 0.8];
const SECOND: [f64; 8] = [1.0, 0.0, 0.8, 0.6, 0.6, 0.8, 0.0, 1.0];
const THIRD: [f64; 8] = [1.0, 0.0, 0.96, 0.28, 0.8, 0.6, -0.6, 0.8];
const UNDEFINED: f64 = f64::NAN;

/// Compute them all; the exit status is 1 if one differs.
pub fn report() -> ExitCode {
    let mut page = Page::default();
    if let Err(Refusal(why)) = page.fill() {
        page.wrong.push(why);
    }
    for line in &page.wrong {
        eprintln!("differs: {line}");
    }
    println!("Annex A: {} of {} check values agree", page.agreed, page.agreed + page.wrong.len());
    if page.wrong.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

#[derive(Default)]
struct Page {
    agreed: usize,
    wrong: Vec<String>,
}

impl Page {
    fn fill(&mut self) -> Checked<()> {
        self.points_on_the_circle()?;
        self.great_circle()?;
        self.three_inputs()?;
        self.zero_denominators()?;
        self.straight_paths()?;
        self.generator();
        self.noise()
    }

    fn same<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, got: T, should: T) {
        if got == should {
            self.agreed += 1;
        } else {
            self.wrong.push(format!("{what} is {got:?}, not {should:?}"));
        }
    }

    /// Six digits after the point.
    fn near(&mut self, what: &str, got: f64, should: f64) {
        self.same(what, format!("{got:.6}"), format!("{should:.6}"));
    }

    /// D, S, D_RC, P_RC, RMQM and the weighted RMQM.
    fn six(&mut self, what: &str, found: &Characteristics, should: [f64; 6]) {
        let got = [found.d, found.s, found.d_rc, found.p_rc, found.rmqm, found.weighted_rmqm];
        for (got, should) in got.into_iter().zip(should) {
            self.near(what, got, should);
        }
    }

    fn points_on_the_circle(&mut self) -> Checked<()> {
        let given = of_representations(&FIRST, 1)?;
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

    fn great_circle(&mut self) -> Checked<()> {
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

    fn three_inputs(&mut self) -> Checked<()> {
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

    fn zero_denominators(&mut self) -> Checked<()> {
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

    fn straight_paths(&mut self) -> Checked<()> {
        for (n_levels, d_rc) in [(9, 0.314330), (29, 0.136609), (99, 0.052297)] {
            let d: Vec<f64> = (1..=n_levels).map(|j| 0.01 * f64::from(j)).collect();
            let given = of_distances(&d, &vec![0.01; d.len()])?;
            let found = characterize(&given, Variant::Paper)?;
            self.near("straight path, D_RC", found.d_rc, d_rc);
            self.same("straight path, P_RC", found.p_rc, 0.0);
        }
        Ok(())
    }

    fn generator(&mut self) {
        let words =
            [0x16554d9eca36314c, 0xdb20fe9d672d0fdc, 0xd7e772cee186176b, 0x7e68b68aec7ba23b];
        self.same("Philox", philox::block([0; 4], [0; 2]), words);
        let entries = [
            (0, -4.3875113),
            (1, -4.0804305),
            (16384, -0.6744657),
            (32767, -1.9124056e-05),
            (32768, 1.9124056e-05),
        ];
        for (lane, should) in entries {
            self.same("T[u]", normal_table()[lane], should);
        }
    }

    fn noise(&mut self) -> Checked<()> {
        let image = NumericArray { dtype: UINT8, shape: vec![1, 3, 6], bytes: (0..18).collect() };
        let id = content_id(&image);
        let named = "da3a92e3e9e05a7fe5df7caec4341665527e456c5c7fbd801f02dbcc743bab23";
        self.same("content id", id.as_str(), named);
        let key = key_of("0", &id);
        self.same("key", key, [0x89eed56c09b5c40c, 0xb0b3272215411560]);
        let bounds = Bounds::declared(0.0, 1.0)?;
        // The same values in the same order, as an image of one channel.
        let one_channel = NumericArray { shape: vec![3, 6, 1], ..image };
        let values = prepare_image(&one_channel, bounds)?.values;
        let n_levels = WholeNumber::from_digits("99");
        for (level, some_lanes, digest) in LEVELS {
            let drawn: Vec<u16> = lanes(key, [2 * level, 0, 0, 0], 18).collect();
            self.same("lanes", [&drawn[..4], &drawn[16..]].concat(), some_lanes.to_vec());
            let levels = &[WholeNumber::from_digits(&level.to_string())];
            let noise = WhiteNoise {
                levels,
                n_levels: &n_levels,
                seed: "0",
                bounds,
                coupling: "independent",
            };
            let altered = noise.alter(&values, &[id.clone()])?;
            self.same("altered input", sha256::hex_digest(&altered.bytes).as_str(), digest);
        }
        Ok(())
    }
}

const LEVELS: [(u64, [u16; 6], &str); 3] = [
    (
        1,
        [32512, 5651, 22472, 8667, 39995, 60200],
        "30036e9b8ad19f59bc9bbeafd0c60a16066fdcb876ae9e66fde17da58913ab13",
    ),
    (
        2,
        [59275, 6244, 21306, 61307, 6000, 45532],
        "a93fc4b3ae0938c906da729bb1a12c37e0be5339a64984f9b5336b7e8559ce3e",
    ),
    (
        99,
        [5979, 50585, 14082, 56119, 37419, 36284],
        "73d3c9c16cdc0c7e8bb2e23341b1bc4dd724240539a40dffccdfb1ca7082a5c9",
    ),
];

fn of_representations(points: &[f64], n_inputs: usize) -> Checked<GivenDistances> {
    let shape = vec![n_inputs, points.len() / (2 * n_inputs), 2];
    let found = distances(&NumericArray::of_reals(points, shape))?;
    GivenDistances::checked(&found.displacements, &found.step_lengths, 1e-12)
}

fn of_distances(d: &[f64], s: &[f64]) -> Checked<GivenDistances> {
    let array = |values: &[f64]| NumericArray::of_reals(values, vec![1, values.len()]);
    GivenDistances::checked(&array(d), &array(s), 1e-12)
}

//! The check values of Annex A.

mod noise;
mod scores;

use crate::rmqm::refusal::{Checked, Refusal};
use std::process::ExitCode;

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
}

//! RMQM in Rust, written from the text of docs/specification.md with the standard library alone.
//!
//! Without arguments it is the program that the conformance kit talks to, one JSON object per line.
//! With `--check-values` it computes the check values of Annex A.

mod check_values;
mod program;
mod rmqm;

use std::process::ExitCode;

const USAGE: &str = "usage: rmqm-rust [--check-values]\n\
    without arguments: answer the requests of the conformance kit on stdin, one JSON object per line\n\
    --check-values: compute the check values of Annex A; exit status 1 on a mismatch";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => program::answer_all(),
        ["--check-values"] => check_values::report(),
        ["--help"] => {
            println!("{USAGE}");
            ExitCode::SUCCESS
        }
        _ => {
            eprintln!("{USAGE}");
            ExitCode::from(2)
        }
    }
}

//! The program that the conformance kit talks to: one JSON object per line (docs/conformance.md).

mod arguments;
mod arrays;
mod base64;
mod floats;
mod json;
mod json_reading;
mod operations;

use crate::rmqm::refusal::Refusal;
use json::Json;
use std::io::{BufRead, Write};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::process::ExitCode;

const SPECIFICATIONS: [&str; 2] = ["1.0", "1.1"];

/// Why there is no result.
pub enum Trouble {
    /// The request breaks a rule of the specification.
    Refused(String),
    /// The request is no request, or the program failed.
    Errored(String),
}

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Self {
        Trouble::Refused(refusal.0)
    }
}

/// Answer requests until `stop` or the end of stdin.
pub fn answer_all() -> ExitCode {
    let mut stdout = std::io::stdout().lock();
    for line in std::io::stdin().lock().split(b'\n') {
        let message = match line.map_err(|error| error.to_string()).and_then(|l| Json::read(&l)) {
            Ok(message) => message,
            Err(problem) => {
                eprintln!("a request that cannot be read: {problem}");
                return ExitCode::FAILURE;
            }
        };
        if text_of(&message, "cmd") == "stop" {
            break;
        }
        if writeln!(stdout, "{}", answer(&message)).and_then(|()| stdout.flush()).is_err() {
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn answer(message: &Json) -> Json {
    match text_of(message, "cmd").as_str() {
        "start" => Json::object([
            ("protocol", Json::Number("1".into())),
            ("implementation", description()),
        ]),
        "spec" => {
            let known = SPECIFICATIONS.contains(&text_of(message, "version").as_str());
            Json::object([("ok", Json::Bool(known))])
        }
        _ => {
            let seq = message.get("seq").cloned().unwrap_or(Json::Null);
            let (key, value) = match run(message) {
                Ok(result) => ("result", result),
                Err(Trouble::Refused(why)) => {
                    ("refused", Json::object([("message", Json::text(&why))]))
                }
                Err(Trouble::Errored(why)) => {
                    ("errored", Json::object([("message", Json::text(&why))]))
                }
            };
            Json::object([("seq", seq), (key, value)])
        }
    }
}

/// A crash of one operation is not the end of the program.
fn run(message: &Json) -> Result<Json, Trouble> {
    let operation = text_of(message, "op");
    let nothing = Json::Null;
    let arguments = message.get("args").unwrap_or(&nothing);
    catch_unwind(AssertUnwindSafe(|| operations::run(&operation, arguments))).unwrap_or_else(
        |crash| {
            let said = crash.downcast_ref::<String>().cloned();
            let said = said.or_else(|| crash.downcast_ref::<&str>().map(ToString::to_string));
            Err(Trouble::Errored(said.unwrap_or_else(|| "the operation crashed".into())))
        },
    )
}

fn text_of(message: &Json, key: &str) -> String {
    message.get(key).and_then(|value| value.as_text().ok()).unwrap_or_default()
}

fn description() -> Json {
    let texts = |names: &[&str]| Json::List(names.iter().map(|name| Json::text(name)).collect());
    Json::object([
        ("name", Json::text(env!("CARGO_PKG_NAME"))),
        ("version", Json::text(env!("CARGO_PKG_VERSION"))),
        ("language", Json::text("Rust")),
        ("capabilities", texts(&["inputs", "noise", "characteristics", "interval", "value-map"])),
        ("extensions", texts(&["common", "weighted"])),
        ("generator", Json::text("philox4x64-10/quantile16")),
    ])
}

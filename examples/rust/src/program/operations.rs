//! The operations of the conformance kit, by name.

use super::arguments::Arguments;
use super::json::Json;
use super::{arrays, floats, Trouble};
use crate::rmqm::characterize::characterize;
use crate::rmqm::content_id::content_id;
use crate::rmqm::distances::distances;
use crate::rmqm::inputs::{name_inputs, prepare_array, prepare_image};
use crate::rmqm::interval::interval;
use crate::rmqm::resolution;
use crate::rmqm::value_map::ValueMap;
use crate::rmqm::white_noise::WhiteNoise;

type Answer = Result<Json, Trouble>;

pub fn run(operation: &str, arguments: &Json) -> Answer {
    let arguments = Arguments(arguments);
    match operation {
        "content_id" => named(&arguments),
        "prepare" => prepared(&arguments),
        "name_inputs" => set_named(&arguments),
        "white_noise" => altered(&arguments),
        "distances" => measured(&arguments),
        "characterize" => characterized(&arguments),
        "interval" => estimated(&arguments),
        "map_values" => mapped(&arguments),
        other => Err(Trouble::Errored(format!("there is no operation {other:?} here"))),
    }
}

fn named(arguments: &Arguments) -> Answer {
    Ok(Json::object([("id", Json::text(&content_id(&arguments.array("input")?)))]))
}

fn prepared(arguments: &Arguments) -> Answer {
    let (input, bounds) = (arguments.array("input")?, arguments.bounds()?);
    let prepared = match arguments.text("kind")?.as_str() {
        "image" => prepare_image(&input, bounds)?,
        "array" => prepare_array(&input, bounds)?,
        other => {
            let why =
                format!("there is no kind {other:?}: an input is an \"image\" or an \"array\"");
            return Err(Trouble::Refused(why));
        }
    };
    let values = arrays::write(&prepared.values);
    Ok(Json::object([("id", Json::text(&prepared.id)), ("values", values)]))
}

fn set_named(arguments: &Arguments) -> Answer {
    let (ids, digest) = name_inputs(&arguments.texts("ids")?);
    let ids = Json::List(ids.iter().map(|id| Json::text(id)).collect());
    Ok(Json::object([("ids", ids), ("digest", Json::text(&digest))]))
}

fn altered(arguments: &Arguments) -> Answer {
    let noise = WhiteNoise {
        levels: &arguments.whole_numbers("levels")?,
        n_levels: &arguments.whole_number("n_levels")?,
        seed: arguments.digits("seed")?,
        bounds: arguments.bounds()?,
        coupling: &arguments.text("coupling")?,
    };
    let altered = noise.alter(&arguments.array("inputs")?, &arguments.texts("ids")?)?;
    Ok(Json::object([("altered", arrays::write(&altered))]))
}

fn measured(arguments: &Arguments) -> Answer {
    let resolution = resolution::of_arithmetic(&arguments.text("arithmetic")?)?;
    let found = distances(&arguments.array("trajectories")?)?;
    Ok(Json::object([
        ("displacements", arrays::write(&found.displacements)),
        ("step_lengths", arrays::write(&found.step_lengths)),
        ("resolution", float(resolution)),
    ]))
}

fn characterized(arguments: &Arguments) -> Answer {
    let found = characterize(&arguments.distances()?, arguments.variant()?)?;
    Ok(Json::object([
        ("D", float(found.d)),
        ("S", float(found.s)),
        ("D_RC", float(found.d_rc)),
        ("P_RC", float(found.p_rc)),
        ("rmqm", float(found.rmqm)),
        ("status", Json::text(found.status)),
        ("undefined_D_RC", Json::count(found.undefined_d_rc)),
        ("undefined_P_RC", Json::count(found.undefined_p_rc)),
        ("left_out", Json::count(found.left_out)),
        ("weighted_rmqm", float(found.weighted_rmqm)),
    ]))
}

fn estimated(arguments: &Arguments) -> Answer {
    let (low, high) = interval(&arguments.distances()?, arguments.variant()?)?;
    Ok(Json::object([("low", float(low)), ("high", float(high))]))
}

fn mapped(arguments: &Arguments) -> Answer {
    let map = ValueMap {
        scale: arguments.float("scale")?,
        means: &arguments.array("means")?.widened(),
        stds: &arguments.array("stds")?.widened(),
        network: &arguments.text("dtype")?,
    };
    let values = map.map(&arguments.array("inputs")?)?;
    Ok(Json::object([("values", arrays::write(&values))]))
}

fn float(value: f64) -> Json {
    Json::text(&floats::write(value))
}

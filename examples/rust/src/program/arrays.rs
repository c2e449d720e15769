//! Arrays in messages: {"dtype": "<f8", "shape": [2, 3], "base64": "..."}.

use super::base64;
use super::json::Json;
use crate::rmqm::numeric_array::{Dtype, NumericArray};

pub fn read(message: &Json) -> Result<NumericArray, String> {
    let member = |key| message.get(key).ok_or(format!("an array has no {key:?}"));
    let dtype = read_dtype(&member("dtype")?.as_text()?)?;
    let Json::List(lengths) = member("shape")? else {
        return Err("the shape of an array is a list".into());
    };
    let shape = lengths.iter().map(read_length).collect::<Result<Vec<_>, _>>()?;
    let bytes = base64::decode(&member("base64")?.as_text()?)?;
    let needed = shape.iter().try_fold(dtype.size, |size, length| size.checked_mul(*length));
    if needed != Some(bytes.len()) {
        return Err(format!("{} bytes do not fill the shape {shape:?}", bytes.len()));
    }
    Ok(NumericArray { dtype, shape, bytes })
}

pub fn write(array: &NumericArray) -> Json {
    let order = if array.dtype.size == 1 { '|' } else { '<' };
    Json::object([
        ("dtype", Json::text(&format!("{order}{}", array.dtype.code()))),
        ("shape", Json::List(array.shape.iter().map(|length| Json::count(*length)).collect())),
        ("base64", Json::text(&base64::encode(&array.bytes))),
    ])
}

fn read_dtype(name: &str) -> Result<Dtype, String> {
    let known =
        ["|u1", "|i1", "|b1", "<u2", "<i2", "<u4", "<i4", "<u8", "<i8", "<f2", "<f4", "<f8"];
    match (known.contains(&name), name.as_bytes()) {
        (true, [_, kind, size]) => {
            Ok(Dtype { kind: char::from(*kind), size: usize::from(size - b'0') })
        }
        _ => Err(format!("the type {name:?} of an array is unknown")),
    }
}

fn read_length(length: &Json) -> Result<usize, String> {
    match length {
        Json::Number(digits) => digits.parse().ok(),
        _ => None,
    }
    .ok_or(format!("{length} is not the length of an axis"))
}

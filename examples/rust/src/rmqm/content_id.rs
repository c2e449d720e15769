//! The name of an input is the hash of its content (RMQM-INP-002).

use super::numeric_array::NumericArray;
use super::sha256;

pub fn content_id(input: &NumericArray) -> String {
    let lengths: Vec<String> = input.shape.iter().map(usize::to_string).collect();
    let header = format!("rmqm-input/1 {} {}\n", input.dtype.code(), lengths.join("x"));
    let mut hashed = header.into_bytes();
    hashed.extend(&input.bytes);
    sha256::hex_digest(&hashed)
}

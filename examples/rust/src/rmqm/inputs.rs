//! Inputs in the shape and the type in which they are altered, and the names of their sets.

use super::bounds::Bounds;
use super::content_id::content_id;
use super::numeric_array::{NumericArray, FLOAT32, FLOAT64, UINT8};
use super::refusal::Checked;
use super::sha256;
use crate::refuse;
use std::collections::BTreeSet;

pub struct Prepared {
    pub id: String,
    pub values: NumericArray,
}

/// An input that is no image: float32 and float64 stay, any other type becomes float64
/// (RMQM-INP-007).
pub fn prepare_array(input: &NumericArray, bounds: Bounds) -> Checked<Prepared> {
    bounds.hold(input, "the input")?;
    let values = if input.dtype == FLOAT32 || input.dtype == FLOAT64 {
        input.clone()
    } else {
        NumericArray::of_reals(&input.widened(), input.shape.clone())
    };
    Ok(Prepared { id: content_id(input), values })
}

/// An image (H, W, C), or (H, W), becomes float32 of shape (C, H, W) (RMQM-INP-003, 006, 009).
pub fn prepare_image(input: &NumericArray, bounds: Bounds) -> Checked<Prepared> {
    if (bounds.low, bounds.high) != (0.0, 1.0) {
        refuse!(
            "the bounds of an image are [0, 1], not [{:?}, {:?}]: values of 8 bits are divided by \
             255 here, others are to be scaled before (RMQM-INP-001)",
            bounds.low,
            bounds.high
        );
    }
    let (height, width, channels) = match input.shape[..] {
        [height, width] => (height, width, 1),
        [height, width, channels @ (1 | 3)] => (height, width, channels),
        _ => refuse!(
            "an image has the shape (H, W, 1) or (H, W, 3), not {:?}: bring its channels to the \
             last axis, or declare the kind \"array\" (RMQM-INP-003)",
            input.shape
        ),
    };
    let given = NumericArray { shape: vec![height, width, channels], ..input.clone() };
    let levels = levels_of_grey(&given, bounds)?;
    let mut values: Vec<f32> = Vec::with_capacity(levels.len());
    for channel in 0..channels {
        values.extend(levels.iter().skip(channel).step_by(channels));
    }
    let values = NumericArray::of_reals(&values, vec![channels, height, width]);
    Ok(Prepared { id: content_id(&given), values })
}

fn levels_of_grey(image: &NumericArray, bounds: Bounds) -> Checked<Vec<f32>> {
    if image.dtype == UINT8 {
        return Ok(image.bytes.iter().map(|byte| f32::from(*byte) / 255.0).collect());
    }
    if !image.dtype.is_floating() {
        refuse!(
            "an image has values of type u1 or of a floating type, not {}: convert it before \
             (RMQM-INP-006)",
            image.dtype.code()
        );
    }
    bounds.hold(image, "the image")?;
    Ok(image.reals())
}

/// The distinct ids in ascending order, by code point, and the name of the set
/// (RMQM-INP-004, 005, 010).
pub fn name_inputs(ids: &[String]) -> (Vec<String>, String) {
    // Bytes of UTF-8 sort like code points; UTF-16 would not.
    let distinct: BTreeSet<&String> = ids.iter().collect();
    let listed: String = distinct.iter().map(|id| format!("{id}\n")).collect();
    (distinct.into_iter().cloned().collect(), sha256::hex_digest(listed.as_bytes()))
}

//! The two floating types in which inputs are altered, float32 and float64.

use std::ops::{Add, Mul};

/// A floating type whose operations are rounded one by one; Rust never fuses them.
pub trait Real: Copy + PartialOrd + Add<Output = Self> + Mul<Output = Self> {
    const NAME: &'static str;
    const SIZE: usize;

    /// Round a float64 to this type, once.
    fn rounded(value: f64) -> Self;
    fn write(self, bytes: &mut Vec<u8>);
    fn is_finite(self) -> bool;
}

impl Real for f32 {
    const NAME: &'static str = "float32";
    const SIZE: usize = 4;

    fn rounded(value: f64) -> Self {
        value as f32
    }

    fn write(self, bytes: &mut Vec<u8>) {
        bytes.extend(self.to_le_bytes());
    }

    fn is_finite(self) -> bool {
        f32::is_finite(self)
    }
}

impl Real for f64 {
    const NAME: &'static str = "float64";
    const SIZE: usize = 8;

    fn rounded(value: f64) -> Self {
        value
    }

    fn write(self, bytes: &mut Vec<u8>) {
        bytes.extend(self.to_le_bytes());
    }

    fn is_finite(self) -> bool {
        f64::is_finite(self)
    }
}

//! An array of numbers as bytes: C order, little-endian, with its type and shape.

use super::half;
use super::real::Real;

/// The type of one value: NumPy's kind letter (u, i, f or b) and the size in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dtype {
    pub kind: char,
    pub size: usize,
}

pub const UINT8: Dtype = Dtype { kind: 'u', size: 1 };
pub const FLOAT16: Dtype = Dtype { kind: 'f', size: 2 };
pub const FLOAT32: Dtype = Dtype { kind: 'f', size: 4 };
pub const FLOAT64: Dtype = Dtype { kind: 'f', size: 8 };

#[derive(Debug, Clone, PartialEq)]
pub struct NumericArray {
    pub dtype: Dtype,
    pub shape: Vec<usize>,
    pub bytes: Vec<u8>,
}

/// A value without loss: integers of 64 bits do not fit a float64.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Number {
    Integer(i128),
    Floating(f64),
}

impl Number {
    /// The nearest float64.
    pub fn widened(self) -> f64 {
        match self {
            Number::Integer(value) => value as f64,
            Number::Floating(value) => value,
        }
    }
}

impl std::fmt::Display for Number {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self {
            Number::Integer(value) => write!(formatter, "{value}"),
            Number::Floating(value) => write!(formatter, "{value:?}"),
        }
    }
}

impl Dtype {
    pub fn is_floating(self) -> bool {
        self.kind == 'f'
    }

    /// Its name in the header of a content id.
    pub fn code(self) -> String {
        format!("{}{}", self.kind, self.size)
    }

    fn value(self, bytes: &[u8]) -> Number {
        let mut wide = [0; 8];
        wide[..self.size].copy_from_slice(bytes);
        let unsigned = u64::from_le_bytes(wide);
        match (self.kind, self.size) {
            ('f', 2) => Number::Floating(half::from_bits(unsigned as u16)),
            ('f', 4) => Number::Floating(f64::from(f32::from_bits(unsigned as u32))),
            ('f', _) => Number::Floating(f64::from_bits(unsigned)),
            ('i', size) => {
                let unused = 64 - 8 * size as u32;
                Number::Integer(i128::from((unsigned << unused) as i64 >> unused))
            }
            _ => Number::Integer(i128::from(unsigned)),
        }
    }
}

impl NumericArray {
    pub fn of_reals<R: Real>(values: &[R], shape: Vec<usize>) -> Self {
        let mut bytes = Vec::with_capacity(values.len() * R::SIZE);
        for value in values {
            value.write(&mut bytes);
        }
        NumericArray { dtype: Dtype { kind: 'f', size: R::SIZE }, shape, bytes }
    }

    pub fn numbers(&self) -> impl Iterator<Item = Number> + '_ {
        self.bytes.chunks_exact(self.dtype.size).map(|bytes| self.dtype.value(bytes))
    }

    /// All values as float64, each to the nearest.
    pub fn widened(&self) -> Vec<f64> {
        self.numbers().map(Number::widened).collect()
    }

    /// All values in a floating type.
    pub fn reals<R: Real>(&self) -> Vec<R> {
        self.numbers().map(|value| R::rounded(value.widened())).collect()
    }
}

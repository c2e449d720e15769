//! The type float16, which the language does not have.

/// The value of sixteen bits.
pub fn from_bits(bits: u16) -> f64 {
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let exponent = i32::from(bits >> 10 & 0x1f);
    let digits = f64::from(bits & 0x3ff);
    sign * match exponent {
        0 => digits * 2f64.powi(-24),
        31 if digits == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1024.0 + digits) * 2f64.powi(exponent - 25),
    }
}

/// Round once, to nearest and ties to even; what is too large becomes infinite.
pub fn to_bits(value: f64) -> u16 {
    let sign = u16::from(value.is_sign_negative()) << 15;
    let size = value.abs();
    if value.is_nan() {
        return sign | 0x7e00;
    }
    if size >= 65520.0 {
        return sign | 0x7c00;
    }
    // Steps of the numbers around this one; below 2^-14 they are subnormal and all alike.
    let exponent = ((size.to_bits() >> 52) as i32 - 1023).max(-14);
    let steps = (size * 2f64.powi(10 - exponent)).round_ties_even() as u16;
    // A normal number has 1024 steps or more, and they carry into the exponent.
    sign | ((((exponent + 14) as u16) << 10) + steps)
}

/// The nearest value of float16.
pub fn rounded(value: f64) -> f64 {
    from_bits(to_bits(value))
}

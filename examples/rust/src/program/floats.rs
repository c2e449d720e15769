//! Floats in messages are text: hexadecimal in requests, shortest decimal in answers.

/// Read `0x1.8p+0`, `inf`, `-inf` or `nan`, without rounding.
pub fn read(text: &str) -> Option<f64> {
    match text {
        "nan" => return Some(f64::NAN),
        "inf" | "+inf" => return Some(f64::INFINITY),
        "-inf" => return Some(f64::NEG_INFINITY),
        _ => (),
    }
    let (sign, size) = match text.strip_prefix('-') {
        Some(size) => (-1.0, size),
        None => (1.0, text),
    };
    let (digits, power) = size.strip_prefix("0x")?.split_once('p')?;
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let fraction = fraction.trim_end_matches('0');
    let digits = u64::from_str_radix(&format!("{whole}{fraction}"), 16).ok()?;
    if digits >> 53 != 0 {
        return None;
    }
    let power = power.parse::<i32>().ok()? - 4 * i32::try_from(fraction.len()).ok()?;
    Some(sign * times_power_of_two(digits as f64, power))
}

/// In two steps, so that no power of two leaves the range before its time.
fn times_power_of_two(value: f64, power: i32) -> f64 {
    let half = power / 2;
    value * 2f64.powi(half) * 2f64.powi(power - half)
}

/// The shortest decimal text that reads back to the same bits.
pub fn write(value: f64) -> String {
    if value.is_nan() {
        "nan".into()
    } else if value.is_infinite() {
        if value > 0.0 { "inf" } else { "-inf" }.into()
    } else {
        format!("{value:e}")
    }
}

//! The arguments of an operation, by name and kind.

use super::json::Json;
use super::{arrays, floats, Trouble};
use crate::rmqm::bounds::Bounds;
use crate::rmqm::characterize::Variant;
use crate::rmqm::given_distances::GivenDistances;
use crate::rmqm::numeric_array::NumericArray;
use crate::rmqm::whole_number::WholeNumber;

/// More digits than any level has; they would only cost time.
const MOST_DIGITS: usize = 1000;

pub struct Arguments<'a>(pub &'a Json);

type Read<T> = Result<T, Trouble>;

impl Arguments<'_> {
    fn get(&self, name: &str) -> Read<&Json> {
        self.0
            .get(name)
            .ok_or_else(|| Trouble::Errored(format!("the argument {name:?} is missing")))
    }

    pub fn array(&self, name: &str) -> Read<NumericArray> {
        arrays::read(self.get(name)?).map_err(Trouble::Errored)
    }

    pub fn float(&self, name: &str) -> Read<f64> {
        let value = self.get(name)?;
        let text = value.as_text().map_err(Trouble::Errored)?;
        floats::read(&text)
            .ok_or_else(|| Trouble::Errored(format!("{name:?} is no float: {value}")))
    }

    /// A text that is not Unicode is refused: it has no UTF-8, and so no noise.
    pub fn text(&self, name: &str) -> Read<String> {
        self.get(name)?.as_text().map_err(Trouble::Refused)
    }

    pub fn texts(&self, name: &str) -> Read<Vec<String>> {
        let texts = self.list(name)?.iter().map(|item| item.as_text().map_err(Trouble::Refused));
        texts.collect()
    }

    /// The digits of an integer of at least 0.
    pub fn digits(&self, name: &str) -> Read<&str> {
        digits_of(self.get(name)?, name)
    }

    pub fn whole_number(&self, name: &str) -> Read<WholeNumber> {
        whole_number_of(self.get(name)?, name)
    }

    pub fn whole_numbers(&self, name: &str) -> Read<Vec<WholeNumber>> {
        self.list(name)?.iter().map(|item| whole_number_of(item, name)).collect()
    }

    pub fn bounds(&self) -> Read<Bounds> {
        Ok(Bounds::declared(self.float("low")?, self.float("high")?)?)
    }

    pub fn variant(&self) -> Read<Variant> {
        Ok(Variant::named(&self.text("variant")?)?)
    }

    pub fn distances(&self) -> Read<GivenDistances> {
        let (d, s) = (self.array("displacements")?, self.array("step_lengths")?);
        Ok(GivenDistances::checked(&d, &s, self.float("resolution")?)?)
    }

    fn list(&self, name: &str) -> Read<&[Json]> {
        match self.get(name)? {
            Json::List(items) => Ok(items),
            other => Err(Trouble::Errored(format!("{name:?} is no list: {other}"))),
        }
    }
}

fn digits_of<'a>(value: &'a Json, name: &str) -> Read<&'a str> {
    let Json::Number(text) = value else {
        return Err(Trouble::Errored(format!("{name:?} is no integer: {value}")));
    };
    let size = text.strip_prefix('-').unwrap_or(text);
    if !size.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Trouble::Errored(format!("{name:?} is no integer: {value}")));
    }
    if size != text && size != "0" {
        return Err(Trouble::Refused(format!("{name} is {value}, but is to be at least 0")));
    }
    Ok(size)
}

fn whole_number_of(value: &Json, name: &str) -> Read<WholeNumber> {
    let digits = digits_of(value, name)?;
    if digits.len() > MOST_DIGITS {
        return Err(Trouble::Refused(format!("{name} has {} digits, too many", digits.len())));
    }
    Ok(WholeNumber::from_digits(digits))
}

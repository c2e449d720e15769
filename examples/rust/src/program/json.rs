//! Values of JSON and how they are written; numbers keep their digits.

use std::fmt::{Display, Formatter, Result as Written, Write};

#[derive(Debug, Clone, PartialEq)]
pub enum Json {
    Null,
    Bool(bool),
    /// As it was written: integers of JSON have any size.
    Number(String),
    /// UTF-8, but for halves of a character that came alone.
    Text(Vec<u8>),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    pub fn text(text: &str) -> Self {
        Json::Text(text.as_bytes().to_vec())
    }

    pub fn count(count: usize) -> Self {
        Json::Number(count.to_string())
    }

    pub fn object<const N: usize>(members: [(&str, Json); N]) -> Self {
        Json::Object(members.into_iter().map(|(key, value)| (key.into(), value)).collect())
    }

    pub fn get(&self, key: &str) -> Option<&Json> {
        match self {
            Json::Object(members) => {
                members.iter().find(|(name, _)| name == key).map(|(_, value)| value)
            }
            _ => None,
        }
    }

    pub fn as_text(&self) -> Result<String, String> {
        match self {
            Json::Text(bytes) => String::from_utf8(bytes.clone())
                .map_err(|_| "a text holds half of a character (a lone surrogate)".into()),
            other => Err(format!("{other} is not a text")),
        }
    }
}

impl Display for Json {
    fn fmt(&self, out: &mut Formatter) -> Written {
        match self {
            Json::Null => out.write_str("null"),
            Json::Bool(value) => write!(out, "{value}"),
            Json::Number(digits) => out.write_str(digits),
            Json::Text(bytes) => write_text(out, &String::from_utf8_lossy(bytes)),
            Json::List(items) => {
                out.write_char('[')?;
                for (place, item) in items.iter().enumerate() {
                    write!(out, "{}{item}", if place == 0 { "" } else { ", " })?;
                }
                out.write_char(']')
            }
            Json::Object(members) => {
                out.write_char('{')?;
                for (place, (key, value)) in members.iter().enumerate() {
                    out.write_str(if place == 0 { "" } else { ", " })?;
                    write_text(out, key)?;
                    write!(out, ": {value}")?;
                }
                out.write_char('}')
            }
        }
    }
}

fn write_text(out: &mut Formatter, text: &str) -> Written {
    out.write_char('"')?;
    for character in text.chars() {
        match character {
            '"' | '\\' => write!(out, "\\{character}")?,
            '\0'..='\x1f' | '\x7f' => write!(out, "\\u{:04x}", u32::from(character))?,
            _ => out.write_char(character)?,
        }
    }
    out.write_char('"')
}

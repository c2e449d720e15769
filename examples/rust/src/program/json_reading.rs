//! Reading JSON.

use super::json::Json;

const DEEPEST: usize = 100;

type Read<T> = Result<T, String>;

impl Json {
    pub fn read(bytes: &[u8]) -> Read<Json> {
        let mut reader = Reader { bytes, place: 0 };
        let value = reader.value(0)?;
        match reader.peek() {
            None => Ok(value),
            Some(_) => reader.wrong("the end"),
        }
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    place: usize,
}

impl Reader<'_> {
    /// The next byte that is not white space.
    fn peek(&mut self) -> Option<u8> {
        while matches!(self.bytes.get(self.place), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.place += 1;
        }
        self.bytes.get(self.place).copied()
    }

    fn wrong<T>(&self, wanted: &str) -> Read<T> {
        Err(format!("expected {wanted} at byte {}", self.place))
    }

    fn value(&mut self, depth: usize) -> Read<Json> {
        if depth > DEEPEST {
            return self.wrong("fewer levels of brackets");
        }
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.list(depth),
            Some(b'"') => self.text().map(Json::Text),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Json::Bool(true)),
            Some(b'f') => self.word("false", Json::Bool(false)),
            Some(b'n') => self.word("null", Json::Null),
            _ => self.wrong("a value"),
        }
    }

    fn word(&mut self, word: &str, value: Json) -> Read<Json> {
        if !self.bytes[self.place..].starts_with(word.as_bytes()) {
            return self.wrong(word);
        }
        self.place += word.len();
        Ok(value)
    }

    fn number(&mut self) -> Read<Json> {
        let rest = &self.bytes[self.place..];
        let is_part = |byte: &u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
        let digits =
            String::from_utf8_lossy(rest.split(|byte| !is_part(byte)).next().unwrap_or(rest));
        if digits.parse::<f64>().is_err() {
            return self.wrong("a number");
        }
        self.place += digits.len();
        Ok(Json::Number(digits.into_owned()))
    }

    fn list(&mut self, depth: usize) -> Read<Json> {
        let mut items = Vec::new();
        self.members(b']', |reader| {
            items.push(reader.value(depth + 1)?);
            Ok(())
        })?;
        Ok(Json::List(items))
    }

    fn object(&mut self, depth: usize) -> Read<Json> {
        let mut members: Vec<(String, Json)> = Vec::new();
        self.members(b'}', |reader| {
            if reader.peek() != Some(b'"') {
                return reader.wrong("a key");
            }
            let key = Json::Text(reader.text()?).as_text()?;
            if members.iter().any(|(name, _)| *name == key) {
                return reader.wrong("each key once");
            }
            if reader.peek() != Some(b':') {
                return reader.wrong("a colon");
            }
            reader.place += 1;
            members.push((key, reader.value(depth + 1)?));
            Ok(())
        })?;
        Ok(Json::Object(members))
    }

    /// What stands between brackets, separated by commas.
    fn members(&mut self, end: u8, mut read: impl FnMut(&mut Self) -> Read<()>) -> Read<()> {
        self.place += 1;
        if self.peek() == Some(end) {
            self.place += 1;
            return Ok(());
        }
        loop {
            read(self)?;
            match self.peek() {
                Some(b',') => self.place += 1,
                Some(byte) if byte == end => {
                    self.place += 1;
                    return Ok(());
                }
                _ => return self.wrong("a comma or the closing bracket"),
            }
        }
    }

    fn text(&mut self) -> Read<Vec<u8>> {
        self.place += 1;
        let mut text = Vec::new();
        loop {
            let Some(&byte) = self.bytes.get(self.place) else {
                return self.wrong("the end of a text");
            };
            self.place += 1;
            match byte {
                b'"' => return Ok(text),
                b'\\' => self.escape(&mut text)?,
                0..=0x1f => return self.wrong("no control character"),
                _ => text.push(byte),
            }
        }
    }

    fn escape(&mut self, text: &mut Vec<u8>) -> Read<()> {
        let letter = self.bytes.get(self.place).copied();
        self.place += 1;
        text.push(match letter {
            Some(plain @ (b'"' | b'\\' | b'/')) => plain,
            Some(b'b') => 0x08,
            Some(b'f') => 0x0c,
            Some(b'n') => b'\n',
            Some(b'r') => b'\r',
            Some(b't') => b'\t',
            Some(b'u') => return self.character(text),
            _ => return self.wrong("an escape"),
        });
        Ok(())
    }

    /// Four hexadecimal digits, or twice four for a character beyond the basic plane.
    fn character(&mut self, text: &mut Vec<u8>) -> Read<()> {
        let first = self.unit()?;
        let before = self.place;
        let mut code = first;
        if (0xd800..0xdc00).contains(&first) && self.bytes[self.place..].starts_with(b"\\u") {
            self.place += 2;
            let second = self.unit()?;
            if (0xdc00..0xe000).contains(&second) {
                code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
            } else {
                self.place = before;
            }
        }
        match char::from_u32(code) {
            Some(character) => text.extend(character.to_string().bytes()),
            // Half of a character: no UTF-8, so whoever needs the text refuses it.
            None => text.push(0xff),
        }
        Ok(())
    }

    fn unit(&mut self) -> Read<u32> {
        let digits = self.bytes.get(self.place..self.place + 4).unwrap_or_default();
        let digits = std::str::from_utf8(digits).unwrap_or_default();
        match u32::from_str_radix(digits, 16) {
            Ok(unit) if digits.len() == 4 && !digits.starts_with('+') => {
                self.place += 4;
                Ok(unit)
            }
            _ => self.wrong("four hexadecimal digits"),
        }
    }
}

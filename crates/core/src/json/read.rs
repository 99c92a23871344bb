//! Text → value. Takes what RFC 8259 takes, down to a depth that no message of ours needs.

use super::{Fields, Value, write::is_escaped};
use alloc::{string::String, vec::Vec};

/// Lists and objects inside one another.
const DEPTH: u32 = 16;

/// `None` for anything but exactly one value.
pub fn parse(text: &str) -> Option<Value> {
    let mut reader = Reader { text, at: 0 };
    let value = reader.value(DEPTH)?;
    reader.skip_space();
    (reader.at == text.len()).then_some(value)
}

struct Reader<'a> {
    text: &'a str,
    /// In bytes, and always between two characters.
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    /// Skips white space, and `byte` if that comes next.
    fn found(&mut self, byte: u8) -> bool {
        self.skip_space();
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn value(&mut self, depth: u32) -> Option<Value> {
        self.skip_space();
        Some(match self.peek()? {
            b'"' => Value::Text(self.string()?),
            b'{' => Value::Object(self.object(depth)?),
            b'[' => Value::List(self.list(depth)?),
            b't' => self.word("true", Value::Bool(true))?,
            b'f' => self.word("false", Value::Bool(false))?,
            b'n' => self.word("null", Value::Null)?,
            _ => self.number()?,
        })
    }

    fn word(&mut self, word: &str, value: Value) -> Option<Value> {
        let found = self.text.as_bytes()[self.at..].starts_with(word.as_bytes());
        self.at += word.len();
        found.then_some(value)
    }

    fn list(&mut self, depth: u32) -> Option<Vec<Value>> {
        let deeper = depth.checked_sub(1)?;
        self.at += 1;
        let mut items = Vec::new();
        if self.found(b']') {
            return Some(items);
        }
        loop {
            items.push(self.value(deeper)?);
            if self.found(b']') {
                return Some(items);
            }
            if !self.found(b',') {
                return None;
            }
        }
    }

    fn object(&mut self, depth: u32) -> Option<Fields> {
        let deeper = depth.checked_sub(1)?;
        self.at += 1;
        let mut fields = Vec::new();
        if self.found(b'}') {
            return Some(Fields(fields));
        }
        loop {
            self.skip_space();
            let name = self.string()?;
            if !self.found(b':') {
                return None;
            }
            fields.push((name, self.value(deeper)?));
            if self.found(b'}') {
                return Some(Fields(fields));
            }
            if !self.found(b',') {
                return None;
            }
        }
    }

    fn string(&mut self) -> Option<String> {
        if self.next()? != b'"' {
            return None;
        }
        let mut string = String::new();
        loop {
            let from = self.at;
            let mut bytes = self.text.as_bytes()[from..].iter();
            self.at += bytes.position(|byte| is_escaped(*byte))?;
            // Stopped by an ASCII byte, so this is a place between two characters.
            string.push_str(&self.text[from..self.at]);
            match self.next()? {
                b'"' => return Some(string),
                b'\\' => string.push(self.escaped()?),
                _ => return None,
            }
        }
    }

    fn escaped(&mut self) -> Option<char> {
        Some(match self.next()? {
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let mut code = self.four_digits()?;
                if (0xd800..0xdc00).contains(&code) {
                    // The first half of a pair; without its second it is no character.
                    if self.next()? != b'\\' || self.next()? != b'u' {
                        return None;
                    }
                    let low = self.four_digits()?.checked_sub(0xdc00)?;
                    if low >= 0x400 {
                        return None;
                    }
                    code = 0x10000 + ((code - 0xd800) << 10) + low;
                }
                char::from_u32(code)?
            }
            other @ (b'"' | b'\\' | b'/') => char::from(other),
            _ => return None,
        })
    }

    fn four_digits(&mut self) -> Option<u32> {
        let mut code = 0;
        for _ in 0..4 {
            code = code * 16 + char::from(self.next()?).to_digit(16)?;
        }
        Some(code)
    }

    /// `-`? digits (`.` digits)? (`e` sign? digits)?, where digits before the point begin with 0 only
    /// when they are just that.
    fn number(&mut self) -> Option<Value> {
        let negative = self.skip(b"-");
        let from = self.at;
        let mut whole = Some(0u64);
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            let digit = u64::from(digit - b'0');
            whole = whole.and_then(|it| it.checked_mul(10)?.checked_add(digit));
            self.at += 1;
        }
        let digits = self.at - from;
        if digits == 0 || (digits > 1 && self.text.as_bytes()[from] == b'0') {
            return None;
        }
        let fraction = self.skip(b".");
        if fraction {
            self.digits()?;
        }
        let power = self.skip(b"eE");
        if power {
            self.skip(b"+-");
            self.digits()?;
        }
        Some(match whole {
            Some(whole) if !negative && !fraction && !power => Value::Number(whole),
            _ => Value::OtherNumber,
        })
    }

    /// Skips one byte if it is any of these.
    fn skip(&mut self, any: &[u8]) -> bool {
        let found = self.peek().is_some_and(|it| any.contains(&it));
        self.at += usize::from(found);
        found
    }

    /// Skips one digit or more.
    fn digits(&mut self) -> Option<()> {
        let from = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        (self.at > from).then_some(())
    }
}

//! Value → text, without spaces.

use super::Json;
use alloc::string::String;

/// Bytes of most messages but for what is sealed in them: fewer times to grow.
const USUAL: usize = 256;

pub fn write<T: Json>(value: &T) -> String {
    let mut writer = Writer {
        out: String::with_capacity(USUAL),
        comma: false,
    };
    value.write(&mut writer);
    writer.out
}

pub(super) fn is_escaped(byte: u8) -> bool {
    matches!(byte, b'"' | b'\\' | 0..b' ')
}

/// A text that grows. Puts the commas.
#[derive(Debug, Default)]
pub struct Writer {
    out: String,
    /// Something stands before in this object or list.
    comma: bool,
}

impl Writer {
    pub fn raw(&mut self, text: &str) {
        self.out.push_str(text);
    }

    pub fn number(&mut self, mut number: u64) {
        let mut digits = [0; 20];
        let mut from = digits.len();
        loop {
            from -= 1;
            digits[from] = b'0' + (number % 10) as u8;
            number /= 10;
            if number == 0 {
                break;
            }
        }
        for digit in &digits[from..] {
            self.out.push(char::from(*digit));
        }
    }

    /// What needs no escape goes over in one piece: nearly always that is all of it.
    pub fn text(&mut self, text: &str) {
        self.out.push('"');
        let mut rest = text;
        // Only ASCII is escaped, so both sides of it are texts.
        while let Some(at) = rest.bytes().position(is_escaped) {
            self.raw(&rest[..at]);
            self.escape(rest.as_bytes()[at]);
            rest = &rest[at + 1..];
        }
        self.raw(rest);
        self.out.push('"');
    }

    fn escape(&mut self, byte: u8) {
        match byte {
            b'\n' => self.raw("\\n"),
            b'\r' => self.raw("\\r"),
            b'\t' => self.raw("\\t"),
            0..b' ' => {
                self.raw(if byte < 16 { "\\u000" } else { "\\u001" });
                self.out.extend(char::from_digit(u32::from(byte & 15), 16));
            }
            _ => {
                self.out.push('\\');
                self.out.push(char::from(byte));
            }
        }
    }

    pub fn object(&mut self, fields: impl FnOnce(&mut Writer)) {
        self.open('{');
        fields(self);
        self.close('}');
    }

    pub fn list(&mut self, items: impl Iterator<Item = impl FnOnce(&mut Writer)>) {
        self.open('[');
        for item in items {
            self.separate();
            item(self);
        }
        self.close(']');
    }

    pub fn field<T: Json>(&mut self, name: &str, value: &T) {
        if !value.is_absent() {
            self.name(name);
            value.write(self);
        }
    }

    /// A field that tells records apart.
    pub fn tag(&mut self, name: &str, value: &str) {
        self.name(name);
        self.text(value);
    }

    fn name(&mut self, name: &str) {
        self.separate();
        self.text(name);
        self.out.push(':');
    }

    fn open(&mut self, bracket: char) {
        self.out.push(bracket);
        self.comma = false;
    }

    fn close(&mut self, bracket: char) {
        self.out.push(bracket);
        self.comma = true;
    }

    fn separate(&mut self) {
        if core::mem::replace(&mut self.comma, true) {
            self.out.push(',');
        }
    }
}

//! Value → text, without spaces.

use super::Json;
use alloc::string::String;

pub fn write<T: Json>(value: &T) -> String {
    let mut writer = Writer::default();
    value.write(&mut writer);
    writer.out
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

    pub fn text(&mut self, text: &str) {
        self.out.push('"');
        for c in text.chars() {
            match c {
                '"' | '\\' => {
                    self.out.push('\\');
                    self.out.push(c);
                }
                '\n' => self.raw("\\n"),
                '\r' => self.raw("\\r"),
                '\t' => self.raw("\\t"),
                '\0'..' ' => {
                    self.raw(if c < '\u{10}' { "\\u000" } else { "\\u001" });
                    let digit = char::from_digit(c as u32 & 15, 16);
                    self.out.extend(digit);
                }
                c => self.out.push(c),
            }
        }
        self.out.push('"');
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

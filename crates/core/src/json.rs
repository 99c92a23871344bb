//! JSON as the protocol needs it, small enough for the page's first load: one reader and one writer
//! for all messages, and for each message only a list of its fields. Numbers that are not whole are
//! read over, never used. Derived code for the same messages is ten times the size; the tests hold
//! this module against serde_json.

mod read;
mod write;

pub use read::parse;
pub use write::{Writer, write};

use alloc::{string::String, sync::Arc, vec::Vec};

/// What a text says. Objects keep their fields in order; of two by one name the first counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Null,
    Bool(bool),
    Number(u64),
    /// Negative, with a fraction, or too large: there, but nothing that we could use.
    OtherNumber,
    Text(String),
    List(Vec<Value>),
    Object(Fields),
}

/// The fields of an object that nobody has taken yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields(Vec<(String, Value)>);

impl Fields {
    /// A field's value; `Null` when there is none.
    pub fn take(&mut self, name: &str) -> Value {
        match self.0.iter().position(|(it, _)| it == name) {
            Some(at) => self.0.remove(at).1,
            None => Value::Null,
        }
    }

    pub fn text(&mut self, name: &str) -> Option<String> {
        self.read(name)
    }

    pub fn read<T: Json>(&mut self, name: &str) -> Option<T> {
        T::read(self.take(name))
    }
}

/// A value that travels.
pub trait Json: Sized {
    /// `None` when it is none of these.
    fn read(value: Value) -> Option<Self>;

    fn write(&self, to: &mut Writer);

    /// A field that is absent is not written at all.
    fn is_absent(&self) -> bool {
        false
    }
}

/// An object that travels, on its own or with its fields among another's.
pub trait Record: Sized {
    fn take(fields: &mut Fields) -> Option<Self>;
    fn put(&self, to: &mut Writer);
}

impl<T: Record> Json for T {
    fn read(value: Value) -> Option<Self> {
        match value {
            Value::Object(mut fields) => T::take(&mut fields),
            _ => None,
        }
    }

    fn write(&self, to: &mut Writer) {
        to.object(|to| self.put(to));
    }
}

impl Json for bool {
    fn read(value: Value) -> Option<Self> {
        match value {
            Value::Bool(it) => Some(it),
            _ => None,
        }
    }

    fn write(&self, to: &mut Writer) {
        to.raw(if *self { "true" } else { "false" });
    }
}

macro_rules! numbers {
    ($($type:ty),*) => {$(
        impl Json for $type {
            fn read(value: Value) -> Option<Self> {
                match value {
                    Value::Number(it) => it.try_into().ok(),
                    _ => None,
                }
            }

            fn write(&self, to: &mut Writer) {
                to.number(u64::from(*self));
            }
        }
    )*};
}
numbers!(u16, u32, u64);

impl Json for String {
    fn read(value: Value) -> Option<Self> {
        match value {
            Value::Text(it) => Some(it),
            _ => None,
        }
    }

    fn write(&self, to: &mut Writer) {
        to.text(self);
    }
}

impl<T: Json> Json for Arc<T> {
    fn read(value: Value) -> Option<Self> {
        T::read(value).map(Arc::new)
    }

    fn write(&self, to: &mut Writer) {
        T::write(self, to);
    }
}

impl<T: Json> Json for Option<T> {
    fn read(value: Value) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            value => T::read(value).map(Some),
        }
    }

    fn write(&self, to: &mut Writer) {
        match self {
            Some(it) => it.write(to),
            None => to.raw("null"),
        }
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T: Json> Json for Vec<T> {
    fn read(value: Value) -> Option<Self> {
        match value {
            Value::List(items) => items.into_iter().map(T::read).collect(),
            _ => None,
        }
    }

    fn write(&self, to: &mut Writer) {
        to.list(self.iter().map(|it| move |to: &mut Writer| it.write(to)));
    }
}

/// `record!(Media { microphone, camera })`: a struct whose fields travel under their own names.
#[macro_export]
macro_rules! record {
    ($type:ty { $($field:ident),* $(,)? }) => {
        impl $crate::json::Record for $type {
            fn take(fields: &mut $crate::json::Fields) -> Option<Self> {
                Some(Self { $($field: fields.read(stringify!($field))?),* })
            }

            fn put(&self, to: &mut $crate::json::Writer) {
                $(to.field(stringify!($field), &self.$field);)*
            }
        }
    };
}

/// An enum whose variants are told apart by a field: `tagged!(Message by "type" { Join { room } =
/// "join", Ping {} = "ping", Media(it) = "media" })`. A variant in round brackets holds a `Record`,
/// whose fields stand beside the tag. What comes after `then` is read and written by functions of its
/// own: a page whose first call has no use for them fetches those later.
#[macro_export]
macro_rules! tagged {
    ($type:ident by $tag:literal { $($variant:ident $fields:tt = $name:literal),* $(,)? }) => {
        impl $crate::json::Record for $type {
            fn take(fields: &mut $crate::json::Fields) -> Option<Self> {
                let tag = fields.text($tag)?;
                $(if tag == $name {
                    return $crate::tagged!(take $type::$variant $fields, fields);
                })*
                None
            }

            fn put(&self, to: &mut $crate::json::Writer) {
                match self {
                    $($type::$variant $fields => {
                        to.tag($tag, $name);
                        $crate::tagged!(put $fields, to);
                    })*
                }
            }
        }
    };
    ($type:ident by $tag:literal {
        $($variant:ident $fields:tt = $name:literal),* $(,)?
    } then {
        $($late:ident $late_fields:tt = $late_name:literal),* $(,)?
    }) => {
        impl $crate::json::Record for $type {
            fn take(fields: &mut $crate::json::Fields) -> Option<Self> {
                let tag = fields.text($tag)?;
                $(if tag == $name {
                    return $crate::tagged!(take $type::$variant $fields, fields);
                })*
                Self::take_late(&tag, fields)
            }

            fn put(&self, to: &mut $crate::json::Writer) {
                match self {
                    $($type::$variant $fields => {
                        to.tag($tag, $name);
                        $crate::tagged!(put $fields, to);
                    })*
                    late => late.put_late(to),
                }
            }
        }

        impl $type {
            #[inline(never)]
            fn take_late(tag: &str, fields: &mut $crate::json::Fields) -> Option<Self> {
                $(if tag == $late_name {
                    return $crate::tagged!(take $type::$late $late_fields, fields);
                })*
                None
            }

            #[inline(never)]
            fn put_late(&self, to: &mut $crate::json::Writer) {
                match self {
                    $($type::$late $late_fields => {
                        to.tag($tag, $late_name);
                        $crate::tagged!(put $late_fields, to);
                    })*
                    $($type::$variant { .. } => {})*
                }
            }
        }
    };
    (take $type:ident::$variant:ident ($record:ident), $from:ident) => {
        $crate::json::Record::take($from).map($type::$variant)
    };
    (take $type:ident::$variant:ident { $($field:ident),* }, $from:ident) => {
        Some($type::$variant { $($field: $from.read(stringify!($field))?),* })
    };
    (put ($record:ident), $to:ident) => {
        $crate::json::Record::put($record, $to)
    };
    (put { $($field:ident),* }, $to:ident) => {
        $($to.field(stringify!($field), $field);)*
    };
}

/// An enum of plain words: `words!(Refusal { RoomFull = "room_full" })`.
#[macro_export]
macro_rules! words {
    ($type:ident { $($variant:ident = $name:literal),* $(,)? }) => {
        impl $type {
            /// As it is written.
            pub fn word(&self) -> &'static str {
                match self {
                    $($type::$variant => $name),*
                }
            }
        }

        impl $crate::json::Json for $type {
            fn read(value: $crate::json::Value) -> Option<Self> {
                let $crate::json::Value::Text(text) = value else { return None };
                $(if text == $name {
                    return Some($type::$variant);
                })*
                None
            }

            fn write(&self, to: &mut $crate::json::Writer) {
                to.text(self.word());
            }
        }
    };
}

#[cfg(test)]
mod tests;

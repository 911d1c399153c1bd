//! Values: what arguments and answers are made of. The main type is [`Value`].

use std::fmt;

use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Numbers of this size and larger are not exact in every language's JSON.
const LARGEST_EXACT: i64 = 1 << 53;

/// One value, as JSON says it: nothing is `null`, a list is an array. A number of 2^53
/// or more is `{"big":"9007199254740993"}`, since many languages would round it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Value {
    /// Nothing.
    #[default]
    Nothing,
    /// A whole number.
    Number(i64),
    /// A text.
    Text(String),
    /// Several values, in order.
    List(Vec<Value>),
}

impl Value {
    /// The number, if it is one.
    pub fn number(&self) -> Option<i64> {
        match self {
            Value::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Cuts each text to so many bytes, and says how many values it is made of.
    pub(crate) fn cut_texts(&mut self, limit: usize) -> usize {
        match self {
            Value::Nothing | Value::Number(_) => 1,
            Value::Text(text) => cut(text, limit),
            Value::List(values) => {
                /// A list has room for a few values at least.
                const ROOM: usize = 4;
                let values = values.iter_mut();
                ROOM + values.map(|value| value.cut_texts(limit)).sum::<usize>()
            }
        }
    }

    /// The values of a list; of anything else, none.
    pub fn list(&self) -> &[Value] {
        match self {
            Value::List(values) => values,
            _ => &[],
        }
    }
}

/// Cuts a text to so many bytes, and says as how many values it counted before: to read much takes
/// time, even if little of it is kept.
pub(crate) fn cut(text: &mut String, limit: usize) -> usize {
    /// A text of so many bytes takes as much memory as another value.
    const BYTES: usize = 32;
    let counts = 1 + text.len() / BYTES;
    if text.len() > limit {
        text.truncate(text.floor_char_boundary(limit));
        text.shrink_to_fit();
    }
    counts
}

impl From<i64> for Value {
    fn from(number: i64) -> Value {
        Value::Number(number)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Value {
        Value::Number(number.into())
    }
}

impl From<u64> for Value {
    /// Numbers beyond `i64::MAX` are not part of the protocol; they wrap around.
    fn from(number: u64) -> Value {
        Value::Number(number.cast_signed())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Text(text)
    }
}

impl From<Vec<Value>> for Value {
    fn from(values: Vec<Value>) -> Value {
        Value::List(values)
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Nothing => serializer.serialize_unit(),
            Value::Number(number) if number.unsigned_abs() < LARGEST_EXACT.unsigned_abs() => {
                serializer.serialize_i64(*number)
            }
            Value::Number(number) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("big", &number.to_string())?;
                map.end()
            }
            Value::Text(text) => serializer.serialize_str(text),
            Value::List(values) => values.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("null, a whole number, a text or a list")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Nothing)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Number(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        let number = i64::try_from(number).map_err(|_| E::custom("the number is too large"))?;
        Ok(Value::Number(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Value, E> {
        Ok(Value::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element()? {
            values.push(value);
        }
        Ok(Value::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let wrong = || A::Error::custom("an object that is not `{\"big\":\"DIGITS\"}`");
        let (key, digits): (String, String) = map.next_entry()?.ok_or_else(wrong)?;
        if key != "big" || map.next_key::<String>()?.is_some() {
            return Err(wrong());
        }
        digits.parse().map(Value::Number).map_err(|_| wrong())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_read_back_whatever_its_size() {
        let beyond = (1 << 53) + 1;
        let value = Value::List(vec![
            Value::Nothing,
            Value::Number(-7),
            Value::Number(beyond),
            Value::Number(i64::MIN),
            Value::Text("ada".to_owned()),
            Value::List(Vec::new()),
        ]);
        let text = serde_json::to_string(&value).unwrap();
        assert_eq!(
            text,
            r#"[null,-7,{"big":"9007199254740993"},{"big":"-9223372036854775808"},"ada",[]]"#
        );
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }

    #[test]
    fn json_that_is_not_a_value_is_refused() {
        for text in [
            "1.5",
            "true",
            "18446744073709551615",
            r#"{"big":7}"#,
            r#"{"big":"7","verdict":"passed"}"#,
            r#"{"small":"7"}"#,
        ] {
            assert!(serde_json::from_str::<Value>(text).is_err(), "{text}");
        }
    }
}

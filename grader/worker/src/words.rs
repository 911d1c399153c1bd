//! Translates between the protocol's types and the kit's. They are the same things
//! under two names, because a learner's kit does not depend on the protocol.

use kit::supervised::{Answer, Datum, Failed};

use crate::protocol::{Ending, Value};

pub(crate) fn value(datum: Datum) -> Value {
    match datum {
        Datum::Nothing => Value::Nothing,
        Datum::Number(number) => Value::Number(number),
        Datum::Text(text) => Value::Text(text),
        Datum::List(list) => Value::List(values(list)),
    }
}

pub(crate) fn values(data: Vec<Datum>) -> Vec<Value> {
    data.into_iter().map(value).collect()
}

fn datum(value: Value) -> Datum {
    match value {
        Value::Nothing => Datum::Nothing,
        Value::Number(number) => Datum::Number(number),
        Value::Text(text) => Datum::Text(text),
        Value::List(list) => Datum::List(list.into_iter().map(datum).collect()),
    }
}

/// How a call that returned this ended.
pub(crate) fn ending(answer: Answer) -> Ending {
    match answer {
        Ok(datum) => Ending::Ok(value(datum)),
        Err(Failed(name, with)) => Ending::Error(name, values(with)),
    }
}

/// What an operation returns that ends so; nothing for one that panics.
pub(crate) fn answer(ending: Ending) -> Option<Answer> {
    match ending {
        Ending::Ok(value) => Some(Ok(datum(value))),
        Ending::Error(name, with) => {
            let with = with.into_iter().map(datum).collect();
            Some(Err(Failed(name, with)))
        }
        Ending::Panic => None,
    }
}

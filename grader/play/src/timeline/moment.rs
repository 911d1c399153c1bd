//! What a line of a timeline is about, for figures. Its main type is [`Moment`].

use serde::{Deserialize, Serialize};

use crate::evidence::{Evidence, Fact, Returned};
use crate::schedule::Outcome;

/// Something happens to something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// Whose line it is.
    pub of: Subject,
    /// Its noun: a `request`, a `fetch`.
    pub noun: String,
    /// Its number.
    pub number: u32,
    /// What happens.
    pub what: What,
}

/// Whose line it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A request, from its start until it returns.
    Request,
    /// An operation, from its beginning until it is over.
    Operation,
}

/// What happens to it there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// It begins.
    Begins,
    /// It goes on.
    GoesOn,
    /// It ends with what was asked for.
    Succeeds,
    /// It ends with an error or a panic.
    Fails,
    /// It is dropped.
    Dropped,
}

impl Moment {
    /// The moment in this fact, if the fact is about one request or one operation.
    pub fn of(evidence: &Evidence, fact: &Fact) -> Option<Moment> {
        let request = |number, what| Moment {
            of: Subject::Request,
            noun: "request".to_owned(),
            number,
            what,
        };
        let operation = |number, what| Moment {
            of: Subject::Operation,
            noun: evidence.noun(number).to_owned(),
            number,
            what,
        };
        Some(match fact {
            Fact::Started { request: it, .. } => request(*it, What::Begins),
            Fact::Returned {
                request: it,
                answer,
            } => {
                let what = match answer {
                    Returned::Of { .. } | Returned::Plain(_) => What::Succeeds,
                    Returned::Invented | Returned::Error { .. } => What::Fails,
                };
                request(*it, what)
            }
            Fact::Panicked { request: it, .. } => request(*it, What::Fails),
            Fact::HungUp { request: it } => request(*it, What::Dropped),
            Fact::Began { operation: it } => operation(*it, What::Begins),
            Fact::Answered {
                operation: it,
                outcome,
            } => {
                let blocks = evidence.operation(*it);
                let blocks = blocks.is_some_and(|it| evidence.world().kind(it.kind).blocks);
                let what = match outcome {
                    _ if blocks => What::GoesOn,
                    Outcome::Value | Outcome::Real => What::Succeeds,
                    Outcome::Error(_) | Outcome::Panic => What::Fails,
                };
                operation(*it, what)
            }
            Fact::Delivered { operation: it } => {
                let blocks = evidence.operation(*it);
                let blocks = blocks.is_some_and(|it| evidence.world().kind(it.kind).blocks);
                blocks.then(|| operation(*it, What::Succeeds))?
            }
            Fact::Dropped { operation: it } => operation(*it, What::Dropped),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use protocol::{Ending, Event, Value};

    use super::*;
    use crate::schedule::{Action, Turn};
    use crate::timeline::tell;
    use crate::world::users::{Users, row_name};

    #[test]
    fn each_line_says_what_it_is_about() {
        let mut evidence = Evidence::new(&Users, 0, 1);
        let begun = Event::Begun {
            operation: 1,
            kind: "fetch_user".to_owned(),
            arguments: vec![Value::Number(7)],
            call: Some(1),
            off_loop: false,
        };
        let start = Turn::full(Action::ask(7));
        evidence.played(start, &[], &[begun]).unwrap();
        let answer = Turn::full(Action::Answer {
            operation: 1,
            outcome: Outcome::Value,
        });
        let name = row_name(evidence.secrets(), 1);
        let row = Value::List(vec![Value::Number(7), name.into()]);
        let returned = Event::Returned {
            call: 1,
            with: Ending::Ok(row),
        };
        let delivered = Event::Delivered { operation: 1 };
        evidence
            .played(answer, &[], &[delivered, returned])
            .unwrap();
        let told: Vec<_> = tell(&evidence, None)
            .into_iter()
            .map(|line| (line.text, line.moment.map(|it| (it.of, it.number, it.what))))
            .collect();
        let line = |text: &str, of, what| (text.to_owned(), Some((of, 1, what)));
        use Subject::{Operation, Request};
        assert_eq!(
            told,
            [
                line("request 1 asks for user 7", Request, What::Begins),
                line("  fetch 1 begins, for user 7", Operation, What::Begins),
                line(
                    "fetch 1 is answered with the row",
                    Operation,
                    What::Succeeds
                ),
                line("  request 1 returns the row", Request, What::Succeeds),
            ]
        );
    }
}

//! What a line of a timeline is about, read back from its words: words are all that a
//! record keeps.
//!
//! The main function is [`moment`]. A line in other words, of another grader's, is
//! about nothing.

/// Whose line it is, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A request, from its start until it returns.
    Request(u32),
    /// A fetch, from its beginning until it is answered.
    Fetch(u32),
    /// A hash, from its beginning until it is over.
    Hash(u32),
}

/// What happens to it there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
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

/// What a line says happens, and to what.
pub fn moment(line: &str) -> Option<(Subject, Moment)> {
    let mut words = line.trim_start().splitn(3, ' ');
    let (mut kind, mut number) = (words.next()?, words.next()?);
    let mut said = words.next()?;
    if (kind, number) == ("the", "caller") {
        let mut words = said.strip_prefix("of ")?.splitn(3, ' ');
        (kind, number, said) = (words.next()?, words.next()?, words.next()?);
    }
    let number = number.trim_end_matches(',').parse().ok()?;
    let begins = |words: &[&str]| words.iter().any(|words| said.starts_with(words));
    let moment = match kind {
        "request" if begins(&["asks for"]) => Moment::Begins,
        "request" if begins(&["returns the row", "returns the text"]) => Moment::Succeeds,
        "request" if begins(&["returns", "panics"]) => Moment::Fails,
        "fetch" if begins(&["begins"]) => Moment::Begins,
        "fetch" if begins(&["is answered with the row"]) => Moment::Succeeds,
        "fetch" if begins(&["is answered"]) => Moment::Fails,
        "request" | "fetch" if begins(&["is dropped"]) => Moment::Dropped,
        "hash" if said.contains(", begins ") => Moment::Begins,
        "hash" if begins(&["is let finish", "is made to panic"]) => Moment::GoesOn,
        "hash" if begins(&["is over"]) => Moment::Succeeds,
        _ => return None,
    };
    let subject = match kind {
        "request" => Subject::Request(number),
        "fetch" => Subject::Fetch(number),
        _ => Subject::Hash(number),
    };
    Some((subject, moment))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{Fact, Returned};
    use crate::schedule::{HashEnding, Outcome};
    use crate::timeline::sentence;

    /// Told as in a timeline, and read back.
    fn read_back(fact: &Fact) -> Option<(Subject, Moment)> {
        moment(&sentence(fact).expect("it is told"))
    }

    #[test]
    fn what_the_lines_say_is_read_back() {
        use Moment::{Begins, Dropped, Fails, GoesOn, Succeeds};
        let request = 3;
        let returned = |answer| Fact::Returned { request, answer };
        let answered = |outcome| Fact::Answered { fetch: 2, outcome };
        let admitted = |ending| Fact::Admitted { hash: 4, ending };
        let row = Returned::RowOf { fetch: 2 };
        let message = "it is, is it".to_owned();
        for (fact, moment) in [
            (Fact::Started { request, user: 7 }, Begins),
            (returned(row), Succeeds),
            (returned(Returned::HashOf { hash: 4 }), Succeeds),
            (returned(Returned::InventedRow), Fails),
            (returned(Returned::Unavailable), Fails),
            (returned(Returned::NotFound { own: true }), Fails),
            (Fact::Panicked { request, message }, Fails),
            (Fact::HungUp { request }, Dropped),
        ] {
            assert_eq!(read_back(&fact), Some((Subject::Request(3), moment)));
        }
        for (fact, moment) in [
            (answered(Outcome::Row), Succeeds),
            (answered(Outcome::NotFound), Fails),
            (answered(Outcome::Panic), Fails),
            (Fact::Dropped { fetch: 2 }, Dropped),
        ] {
            assert_eq!(read_back(&fact), Some((Subject::Fetch(2), moment)));
        }
        for (fact, moment) in [
            (admitted(HashEnding::Done), GoesOn),
            (admitted(HashEnding::Panic), GoesOn),
            (Fact::Hashed { hash: 4 }, Succeeds),
        ] {
            assert_eq!(read_back(&fact), Some((Subject::Hash(4), moment)));
        }
        for line in [
            "  fetch 2 begins, for user 7",
            "  fetch 2 begins, for a user nobody asked for",
        ] {
            assert_eq!(moment(line), Some((Subject::Fetch(2), Begins)));
        }
        for place in [
            "ON THE LOOP'S THREAD",
            "on another thread, and is held there",
        ] {
            let line = format!("  hash 4, of password 7, begins {place}");
            assert_eq!(moment(&line), Some((Subject::Hash(4), Begins)));
        }
    }

    #[test]
    fn other_lines_are_about_nothing() {
        for line in [
            "",
            "60 s pass",
            "  (no task runs before the next line)",
            "… 12 lines more …",
            "=> 2 requests wait for a fetch that nobody is running",
            "request x asks for user 7",
            "the caller of nobody",
            "request 99999999999 asks for user 7",
        ] {
            assert_eq!(moment(line), None, "{line}");
        }
    }
}

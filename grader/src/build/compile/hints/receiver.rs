//! Methods that a drill calls through a shared value: they must take `&self`, whatever rustc proposes.
//!
//! rustc proposes `&mut self` where a method changes a field, and then refuses the method where the drill
//! calls it. What may be proposed for a type of the submission's own is left alone.

use crate::build::submission::Submission;

/// A line for each method that `contract` calls and that cannot be called with what the text of rustc proposes,
/// or with what the submission has.
pub(super) fn of(text: &str, contract: &str, submission: &Submission) -> Vec<String> {
    let refused = [
        "cannot borrow data in an `Rc` as mutable",
        "cannot move out of an `Rc`",
    ];
    let is_refused = refused.iter().any(|words| text.contains(words));
    let needs_another = |name: &&str| {
        let takes = |source: &str| {
            receivers(source, name).any(|it| it == "self" || it.contains("mut self"))
        };
        // The line with the proposal comes soon after the words for it.
        let proposals = text
            .split("consider changing this to be a mutable reference")
            .skip(1);
        let mut proposed = proposals
            .flat_map(|after| after.lines().skip(1).take(2))
            .flat_map(|line| receivers(line, name));
        proposed.any(|receiver| receiver.contains("mut self") && receiver.starts_with('&'))
            || is_refused && submission.files().values().any(|source| takes(source))
    };
    let line = |name: &str| {
        format!(
            "`{name}` must take `&self`: many callers use one value at the same time. Keep what changes in a `Cell`, a \
             `RefCell` or a `Mutex`"
        )
    };
    methods(contract).filter(needs_another).map(line).collect()
}

/// The names of the methods that are called in `contract`, but for those of `call`'s own arguments.
fn methods(contract: &str) -> impl Iterator<Item = &str> {
    let mut seen = Vec::new();
    let after = contract.split('.').skip(1);
    let names = after.filter_map(|rest| {
        let end = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_')?;
        rest[end..].starts_with('(').then_some(&rest[..end])
    });
    names.filter(move |name| {
        let is_new = !seen.contains(name);
        seen.push(*name);
        is_new
    })
}

/// How each function called `name` in the source takes its value, in single spaces and without lifetimes.
fn receivers(source: &str, name: &str) -> impl Iterator<Item = String> {
    let after = source.split("fn ").skip(1);
    after.filter_map(move |rest| {
        let rest = rest.trim_start().strip_prefix(name)?;
        let generics = rest.starts_with('<');
        let rest = match generics {
            true => rest.split_once('>')?.1,
            false => rest,
        };
        let first = rest.trim_start().strip_prefix('(')?;
        let first = &first[..first.find([',', ')'])?];
        let words = first
            .split_whitespace()
            .map(|word| match word.split_once('\'') {
                Some((before, _)) => before,
                None => word,
            });
        Some(
            words
                .collect::<Vec<&str>>()
                .join(" ")
                .replace("& mut", "&mut"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receiver_is_read_however_it_is_written() {
        for (source, expected) in [
            (
                "pub async fn hash(&mut self, password: String)",
                "&mut self",
            ),
            ("fn hash(\n        &mut self,\n    )", "&mut self"),
            ("fn hash<'a>(&'a mut self)", "&mut self"),
            ("fn hash(mut self)", "mut self"),
            ("fn hash(self) -> u8", "self"),
            ("fn hash(&self)", "&self"),
            ("fn hash(password: String)", "password: String"),
        ] {
            let found: Vec<String> = receivers(source, "hash").collect();
            assert_eq!(found, [expected], "{source}");
        }
        assert_eq!(receivers("fn hash_all(&mut self)", "hash").count(), 0);
        assert_eq!(receivers("fn hash", "hash").count(), 0);
    }

    #[test]
    fn the_methods_of_a_contract_are_named_once() {
        let contract = "self.0.get(x.id(0)); cache.get_user(id).await; cache.get_user(id)";
        let found: Vec<&str> = methods(contract).collect();
        assert_eq!(found, ["get", "id", "get_user"]);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_borne(text: String) {
            let _ = receivers(&format!("fn a{text}"), "a").count() + methods(&text).count();
        }
    }
}

//! A drill's part in another language than Rust: its files, and the lines that name them in
//! the drill's own file.
//!
//! The main function is [`add`]. The drill may be new or have been there for long. Like
//! `scaffold` it overwrites nothing.

use std::path::PathBuf;

use super::{Beginning, ScaffoldError, read, write};
use crate::course::Course;
use crate::course::language::Language;
use crate::drills;

/// The beginning of a drill's part in one language and one world.
#[derive(Debug)]
pub struct Part {
    /// The language.
    pub language: Language,
    /// The world's name.
    pub world: &'static str,
    /// What the drill's own file says of it.
    drill: &'static str,
    /// Each file, and its text.
    pub files: [(&'static str, &'static str); 8],
}

/// The files of a part in Python; some of them are specific to the world.
macro_rules! python {
    ($world:literal) => {
        Part {
            language: Language::Python,
            world: $world,
            drill: include_str!("python/drill.txt"),
            files: [
                (
                    "exercises/SLUG/python/SLUG.py",
                    include_str!(concat!("python/", $world, "/stub.txt")),
                ),
                (
                    "exercises/SLUG/python/test_public.py",
                    include_str!(concat!("python/", $world, "/public.txt")),
                ),
                (
                    "exercises/SLUG/python/hints.toml",
                    include_str!("python/hints.txt"),
                ),
                (
                    "solutions/SLUG/python/reference.py",
                    include_str!(concat!("python/", $world, "/reference.txt")),
                ),
                (
                    "solutions/SLUG/python/stub.py",
                    include_str!(concat!("python/", $world, "/stub.txt")),
                ),
                (
                    "solutions/SLUG/python/right/another_design.py",
                    include_str!(concat!("python/", $world, "/right.txt")),
                ),
                (
                    "solutions/SLUG/python/wrong/MISTAKE.py",
                    include_str!(concat!("python/", $world, "/wrong.txt")),
                ),
                (
                    "grader/src/drills/SLUG/contract.py",
                    include_str!(concat!("python/", $world, "/contract.txt")),
                ),
            ],
        }
    };
}

/// Every part that there is a beginning of.
pub const PARTS: [Part; 2] = [python!("users"), python!("bank")];

/// The part in `language` of a drill that begins as `beginning`.
///
/// # Errors
/// When nothing is there for both.
pub fn part_in(language: Language, beginning: &Beginning) -> Result<&'static Part, ScaffoldError> {
    let of_language = || PARTS.iter().filter(move |part| part.language == language);
    let found = of_language().find(|part| part.world == beginning.world);
    found.ok_or_else(|| ScaffoldError::Language {
        language,
        world: beginning.world,
        worlds: of_language()
            .map(|part| format!("`{}`", part.world))
            .collect::<Vec<_>>()
            .join(", "),
    })
}

/// Adds a part to drill `slug`, and says which files it wrote and which it changed, from the
/// course's folder. The drill's own world counts, if the drill is compiled in.
///
/// # Errors
/// When a file of the part exists, or one cannot be read or written.
pub fn add(
    course: &Course,
    slug: &str,
    part: &Part,
    beginning: &Beginning,
) -> Result<Vec<PathBuf>, ScaffoldError> {
    let root = course.root();
    let fill = |text: &str| {
        text.replace("SLUG", slug)
            .replace("HINT", beginning.hint)
            .replace("MISTAKE", beginning.mistake)
    };
    let mut texts = Vec::new();
    for (place, text) in part.files {
        let path = PathBuf::from(fill(place));
        if root.join(&path).exists() {
            return Err(ScaffoldError::Exists(path));
        }
        texts.push((path, fill(text)));
    }
    let path = PathBuf::from(format!("grader/src/drills/{slug}.rs"));
    let text = with_part(&read(root, &path)?, &fill(part.drill)).ok_or(ScaffoldError::List {
        file: "grader/src/drills/",
        place: format!("behind `fn contract` and without `fn spoken` in `{slug}.rs`"),
    })?;
    texts.push((path, text));
    for (path, text) in &texts {
        write(&root.join(path), text)?;
    }
    Ok(texts.into_iter().map(|(path, _)| path).collect())
}

/// The world of a drill that is compiled in: the one whose beginning has its entries.
pub fn world_of(slug: &str) -> Option<&'static str> {
    let drill = drills::find(slug)?;
    let nouns: Vec<&str> = drill.world().kinds().iter().map(|kind| kind.noun).collect();
    let known = [("fetch", "users"), ("read", "bank"), ("hash", "passwords")];
    let mut known = known.into_iter();
    known
        .find(|(noun, _)| nouns.contains(noun))
        .map(|(_, world)| world)
}

/// A drill's text with `part` behind the function that names the contract.
fn with_part(drill: &str, part: &str) -> Option<String> {
    const END: &str = "\n    }\n";
    if drill.contains("    fn spoken(") {
        return None;
    }
    let contract = drill.find("    fn contract(")?;
    let end = contract + drill[contract..].find(END)? + END.len();
    let (before, after) = drill.split_at(end);
    Some([before, part, after].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_comes_behind_the_contract() {
        let drill = "impl Drill for A {\n    fn contract(&self) -> &'static str {\n        x\n    }\n\n    fn world() {}\n}\n";
        let with = with_part(drill, "\n    fn spoken() {}\n").expect("it has a place");
        assert!(
            with.contains("x\n    }\n\n    fn spoken() {}\n\n    fn world"),
            "{with}"
        );
        assert_eq!(with_part("nothing\n", "x"), None);
        assert_eq!(with_part(&with, "x"), None, "it has one");
    }

    #[test]
    fn a_part_says_what_the_trait_asks_for() {
        let drills = include_str!("../../drills.rs");
        assert!(drills.contains("    fn spoken(&self, _: Language) -> Option<Spoken> {"));
        for part in &PARTS {
            let says = "    fn spoken(&self, language: Language) -> Option<super::Spoken> {";
            assert!(
                part.drill
                    .contains(&says.replace("Language)", "super::Language)"))
            );
            assert!(part.drill.contains("SLUG/contract.py"));
        }
    }
}

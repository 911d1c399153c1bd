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
    /// What the drill's own file says of it: an arm of [`SPOKEN`].
    arm: &'static str,
    /// Each file, and its text.
    pub files: [(&'static str, &'static str); 8],
}

/// What a drill's own file says of its languages; `ARM` stands for the first.
const SPOKEN: &str = include_str!("common/spoken.txt");

/// The files of a part: the language, its folder, the endings of its files and of its
/// contract, and the name of its public tests. Some of them are specific to the world.
macro_rules! part {
    ($language:ident, $folder:literal, $ending:literal, $script:literal, $tests:literal, $world:literal) => {
        Part {
            language: Language::$language,
            world: $world,
            arm: include_str!(concat!($folder, "/arm.txt")),
            files: [
                (
                    concat!("exercises/SLUG/", $folder, "/SLUG.", $ending),
                    include_str!(concat!($folder, "/", $world, "/stub.txt")),
                ),
                (
                    concat!("exercises/SLUG/", $folder, "/", $tests),
                    include_str!(concat!($folder, "/", $world, "/public.txt")),
                ),
                (
                    concat!("exercises/SLUG/", $folder, "/hints.toml"),
                    include_str!(concat!($folder, "/hints.txt")),
                ),
                (
                    concat!("solutions/SLUG/", $folder, "/reference.", $ending),
                    include_str!(concat!($folder, "/", $world, "/reference.txt")),
                ),
                (
                    concat!("solutions/SLUG/", $folder, "/stub.", $ending),
                    include_str!(concat!($folder, "/", $world, "/stub.txt")),
                ),
                (
                    concat!(
                        "solutions/SLUG/",
                        $folder,
                        "/right/another_design.",
                        $ending
                    ),
                    include_str!(concat!($folder, "/", $world, "/right.txt")),
                ),
                (
                    concat!("solutions/SLUG/", $folder, "/wrong/MISTAKE.", $ending),
                    include_str!(concat!($folder, "/", $world, "/wrong.txt")),
                ),
                (
                    concat!("grader/src/drills/SLUG/contract.", $script),
                    include_str!(concat!($folder, "/", $world, "/contract.txt")),
                ),
            ],
        }
    };
}

/// Every part that there is a beginning of.
pub const PARTS: [Part; 4] = [
    part!(Python, "python", "py", "py", "test_public.py", "users"),
    part!(Python, "python", "py", "py", "test_public.py", "bank"),
    part!(Node, "node", "mjs", "js", "public.test.mjs", "users"),
    part!(Node, "node", "mjs", "js", "public.test.mjs", "bank"),
];

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
    let drill = read(root, &path)?;
    let text = with_part(&drill, part.language, &fill(part.arm)).ok_or(ScaffoldError::List {
        file: "grader/src/drills/",
        place: format!(
            "behind `fn contract`, or in the `match language` of `fn spoken`, in `{slug}.rs`"
        ),
    })?;
    texts.push((path, text));
    for (path, text) in &texts {
        write(&root.join(path), text)?;
    }
    Ok(texts.into_iter().map(|(path, _)| path).collect())
}

/// The world of a drill that is compiled in.
pub fn world_of(slug: &str) -> Option<&'static str> {
    drills::find(slug).map(|drill| drill.world().name())
}

/// A drill's text with `arm` among its languages, which stand behind the function that names
/// the contract; nothing, if it has no such place, or speaks the language.
fn with_part(drill: &str, language: Language, arm: &str) -> Option<String> {
    const END: &str = "\n    }\n";
    const MATCH: &str = "match language {\n";
    if drill.contains(&format!("Language::{language:?} =>")) {
        return None;
    }
    let (at, part) = match drill.find("    fn spoken(") {
        Some(spoken) => {
            let arms = spoken + drill[spoken..].find(MATCH)? + MATCH.len();
            (arms, arm.to_owned())
        }
        None => {
            let contract = drill.find("    fn contract(")?;
            let end = contract + drill[contract..].find(END)? + END.len();
            (end, SPOKEN.replace("ARM", arm))
        }
    };
    let (before, after) = drill.split_at(at);
    Some([before, &part, after].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_comes_behind_the_contract() {
        let drill = "impl Drill for A {\n    fn contract(&self) -> &'static str {\n        x\n    }\n\n    fn world() {}\n}\n";
        let python = "            super::Language::Python => x,\n";
        let with = with_part(drill, Language::Python, python).expect("it has a place");
        assert!(with.contains("x\n    }\n\n    fn spoken("), "{with}");
        assert!(with.contains("    }\n\n    fn world"), "{with}");
        assert_eq!(with_part("nothing\n", Language::Python, python), None);
        assert_eq!(
            with_part(&with, Language::Python, python),
            None,
            "it has one"
        );
        let node = "            super::Language::Node => y,\n";
        let both = with_part(&with, Language::Node, node).expect("it has a place");
        assert!(
            both.contains(&format!("{node}{python}            _ => None,\n")),
            "{both}"
        );
    }

    #[test]
    fn a_part_says_what_the_trait_asks_for() {
        let drills = include_str!("../../drills.rs");
        assert!(drills.contains("    fn spoken(&self, _: Language) -> Option<Spoken> {"));
        let says = "    fn spoken(&self, language: Language) -> Option<super::Spoken> {";
        assert!(SPOKEN.contains(&says.replace("Language)", "super::Language)")));
        for part in &PARTS {
            let named = format!("super::Language::{:?} => Some(", part.language);
            assert!(part.arm.contains(&named), "{}", part.arm);
            assert!(part.arm.contains("SLUG/contract."));
        }
    }
}

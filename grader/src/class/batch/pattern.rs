//! Patterns: how a class' hand-ins are named, as `{student}/{drill}`.
//!
//! Its main type is [`Pattern`]: one `Segment` for each folder on the way and one
//! for the hand-in itself. A pattern looks at names only, never at files.

use regex_lite::{Captures, Regex};
use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

/// The form of the names on the way to a hand-in.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: String,
    segments: Vec<Segment>,
}

/// One segment of a pattern, the part between two slashes.
#[derive(Clone, Debug)]
struct Segment {
    /// Matches only names of drills in place of `{drill}`.
    known: Regex,
    /// Matches any name there, to report an unknown drill.
    any: Regex,
}

/// The information in the names on the way to a hand-in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// The text in place of `{student}`.
    pub student: Option<String>,
    /// The text in place of `{id}`.
    pub id: Option<String>,
    /// The slug of the drill that `{drill}` names.
    pub drill: Option<String>,
}

/// Why a name does not match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// It has another form.
    Shape,
    /// It would fit, but names no drill; this is its other information.
    NoDrill(String, Box<Named>),
}

/// Why a text is not a pattern.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PatternError {
    /// Nothing would say who handed in.
    #[error("pattern `{0}` has no `{{student}}` in it")]
    NoStudent(String),
    /// An unknown placeholder.
    #[error(
        "pattern `{pattern}` has `{{{name}}}` in it; there are `{{student}}`, `{{id}}`, `{{drill}}` and `*`"
    )]
    Unknown {
        /// The pattern.
        pattern: String,
        /// The name in braces.
        name: String,
    },
    /// A placeholder that is used twice.
    #[error("pattern `{pattern}` has `{{{name}}}` in it twice")]
    Twice {
        /// The pattern.
        pattern: String,
        /// The name in braces.
        name: String,
    },
    /// A name that is empty or leaves the folder.
    #[error("pattern `{0}` must be names with `/` between them, none of them empty, `.` or `..`")]
    Names(String),
}

const PLACEHOLDERS: [&str; 3] = ["student", "id", "drill"];

/// What learning systems, browsers and people add to a name: a number, a date, "copy",
/// "final".
const AGAIN: &str = r"(?i:[-_ .()]+(?:[0-9]+|v[0-9]+|copy|kopie|copie|copia|main|master|final|fixed|new|latest|attempt|version|submission|solution|hand-?in))*[-_ .()]*";

/// The same as words.
const DECORATIONS: [&str; 16] = [
    "copy",
    "kopie",
    "copie",
    "copia",
    "main",
    "master",
    "final",
    "fixed",
    "new",
    "latest",
    "attempt",
    "version",
    "submission",
    "solution",
    "hand",
    "in",
];

impl Pattern {
    /// Reads a pattern; `drills` are the slugs that `{drill}` can be.
    ///
    /// # Errors
    /// When the text is not a pattern; the error says why.
    pub fn parse(text: &str, drills: &[&str]) -> Result<Pattern, PatternError> {
        let names: Vec<&str> = text.trim_end_matches('/').split('/').collect();
        if names.iter().any(|name| matches!(*name, "" | "." | "..")) {
            return Err(PatternError::Names(text.to_owned()));
        }
        let mut seen = Vec::new();
        let mut segments = Vec::new();
        for name in names {
            let parts = parts(text, name, &mut seen)?;
            let regex = |drill: &str| {
                let source: String = parts.iter().map(|part| part.regex(drill)).collect();
                Regex::new(&format!("(?s)^{source}$")).expect("all that is special is escaped")
            };
            segments.push(Segment {
                known: regex(&format!("(?<drill>(?i:{})){AGAIN}", alternatives(drills))),
                any: regex("(?<drill>.+)"),
            });
        }
        if !seen.contains(&"student") {
            return Err(PatternError::NoStudent(text.to_owned()));
        }
        Ok(Pattern {
            text: text.to_owned(),
            segments,
        })
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How many names there are on the way, including the hand-in's own.
    pub fn depth(&self) -> usize {
        self.segments.len()
    }

    /// Whether it says which drill a hand-in is for.
    pub fn names_drill(&self) -> bool {
        self.text.contains("{drill}")
    }

    /// Whether the name at a depth, counted from 0, says who.
    pub fn names_student_at(&self, depth: usize) -> bool {
        let names = self.text.trim_end_matches('/').split('/');
        names
            .into_iter()
            .nth(depth)
            .is_some_and(|name| name.contains("{student}"))
    }

    /// Adds the information in the name at a depth, counted from 0, to what is `said` already.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn read(&self, depth: usize, name: &str, said: &Named) -> Result<Named, Misfit> {
        let segment = self.segments.get(depth).ok_or(Misfit::Shape)?;
        let Some(found) = segment.known.captures(name) else {
            let any = segment.any.captures(name).ok_or(Misfit::Shape)?;
            let drill = any.name("drill").map(|it| it.as_str().to_owned());
            let Some(drill) = drill else {
                return Err(Misfit::Shape);
            };
            return Err(Misfit::NoDrill(drill, Box::new(named(&any, None, said))));
        };
        let drill = found.name("drill").map(|it| plain(it.as_str()));
        Ok(named(&found, drill, said))
    }
}

/// Adds what was found in a name to what is `said` already.
fn named(found: &Captures<'_>, drill: Option<String>, said: &Named) -> Named {
    let text = |what: &str| found.name(what).map(|it| it.as_str().to_owned());
    Named {
        student: text("student").or_else(|| said.student.clone()),
        id: text("id").or_else(|| said.id.clone()),
        drill: drill.or_else(|| said.drill.clone()),
    }
}

/// The slug of the drill that a name without its ending means: letters of any case,
/// any signs between words, and after it what a second hand-in has: numbers, dates,
/// "copy", "final".
pub fn drill_named<'a>(stem: &str, drills: &[&'a str]) -> Option<&'a str> {
    let words = words(stem);
    let is_decoration = |word: &String| {
        let number = word.strip_prefix('v').unwrap_or(word);
        let is_number = !number.is_empty() && number.bytes().all(|it| it.is_ascii_digit());
        is_number || DECORATIONS.contains(&&**word)
    };
    let means = |slug: &&str| {
        begins(&words, slug).is_some_and(|end| words[end..].iter().all(is_decoration))
    };
    longest(drills.iter().copied().filter(means))
}

/// The slug of the only drill that is named in a name as a whole word.
pub fn drill_within<'a>(stem: &str, drills: &[&'a str]) -> Option<&'a str> {
    let words = words(stem);
    let stands = |slug: &&str| (0..words.len()).any(|from| begins(&words[from..], slug).is_some());
    let mut all = drills.iter().copied().filter(stands);
    let first = all.next()?;
    all.next().is_none().then_some(first)
}

fn longest<'a>(slugs: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    slugs.max_by_key(|slug| slug.len())
}

/// After how many words a drill's name that begins with the first word ends.
fn begins(words: &[String], slug: &str) -> Option<usize> {
    let whole = slug.replace('_', "");
    let mut rest = &*whole;
    for (number, word) in words.iter().enumerate() {
        rest = rest.strip_prefix(&**word)?;
        if rest.is_empty() {
            return Some(number + 1);
        }
    }
    None
}

/// The words of a name, in lower case.
fn words(name: &str) -> Vec<String> {
    let lower: String = name.nfc().collect::<String>().to_lowercase();
    let words = lower.split(|letter: char| !letter.is_alphanumeric());
    let words = words.filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

/// A name written like a slug.
fn plain(name: &str) -> String {
    name.to_lowercase().replace(['-', ' '], "_")
}

fn alternatives(drills: &[&str]) -> String {
    let slugs = drills
        .iter()
        .map(|slug| regex_lite::escape(slug).replace('_', "[-_ ]"));
    slugs.collect::<Vec<_>>().join("|")
}

enum Part {
    Literal(String),
    Anything,
    Placeholder(&'static str),
}

impl Part {
    fn regex(&self, drill: &str) -> String {
        match self {
            Part::Literal(text) => regex_lite::escape(text),
            Part::Anything => ".*?".to_owned(),
            Part::Placeholder("drill") => drill.to_owned(),
            Part::Placeholder("id") => "(?<id>[0-9A-Za-z]+)".to_owned(),
            Part::Placeholder(name) => format!("(?<{name}>.+?)"),
        }
    }
}

fn parts(
    pattern: &str,
    name: &str,
    seen: &mut Vec<&'static str>,
) -> Result<Vec<Part>, PatternError> {
    let mut parts = Vec::new();
    let mut rest = name;
    while let Some(at) = rest.find(['{', '*']) {
        parts.push(Part::Literal(rest[..at].to_owned()));
        if let Some(behind) = rest[at..].strip_prefix('*') {
            parts.push(Part::Anything);
            rest = behind;
            continue;
        }
        let (inner, behind) = rest[at + 1..]
            .split_once('}')
            .unwrap_or((&rest[at + 1..], ""));
        let known = PLACEHOLDERS.into_iter().find(|known| *known == inner);
        let (pattern, name) = (pattern.to_owned(), inner.to_owned());
        let Some(known) = known else {
            return Err(PatternError::Unknown { pattern, name });
        };
        if seen.contains(&known) {
            return Err(PatternError::Twice { pattern, name });
        }
        seen.push(known);
        parts.push(Part::Placeholder(known));
        rest = behind;
    }
    parts.push(Part::Literal(rest.to_owned()));
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DRILLS: [&str; 3] = ["cache_race", "inflight_fix", "offload"];

    fn read(pattern: &str, path: &str) -> Result<(String, String, String), Misfit> {
        let pattern = Pattern::parse(pattern, &DRILLS).expect("it is one");
        let mut named = Named::default();
        for (depth, name) in path.split('/').enumerate() {
            named = pattern.read(depth, name, &named)?;
        }
        let text = |part: Option<String>| part.unwrap_or_default();
        Ok((text(named.student), text(named.id), text(named.drill)))
    }

    fn is(student: &str, id: &str, drill: &str) -> Result<(String, String, String), Misfit> {
        Ok((student.to_owned(), id.to_owned(), drill.to_owned()))
    }

    #[test]
    fn names_are_read_as_the_pattern_says() {
        let both = "{student}/{drill}";
        assert_eq!(read(both, "ada/offload"), is("ada", "", "offload"));
        assert_eq!(
            read(both, "Ada L./Cache-Race (2)"),
            is("Ada L.", "", "cache_race")
        );
        let flat = "{student}_{drill}";
        assert_eq!(
            read(flat, "a_b_inflight_fix"),
            is("a_b", "", "inflight_fix")
        );
        assert_eq!(read(flat, "a_inflight_fix-1"), is("a", "", "inflight_fix"));
        let ids = "group */{student}-{id}";
        assert_eq!(
            read(ids, "group 7/ada-lovelace-12"),
            is("ada-lovelace", "12", "")
        );
        assert_eq!(
            read("{drill}/{student}", "offload/a.b"),
            is("a.b", "", "offload")
        );
    }

    #[test]
    fn what_does_not_fit_is_told_from_what_names_no_drill() {
        let Err(Misfit::NoDrill(name, said)) = read("{student}/{drill}", "ada/onload") else {
            panic!("there is no such drill");
        };
        assert_eq!((&*name, said.student.as_deref()), ("onload", Some("ada")));
        assert_eq!(read("{student}_{drill}", "ada"), Err(Misfit::Shape));
        assert_eq!(read("hw.{student}", "hwxada"), Err(Misfit::Shape));
        assert_eq!(read("{student}", "ada/offload"), Err(Misfit::Shape));
    }

    #[test]
    fn a_pattern_that_says_too_little_is_refused() {
        let why = |text: &str| Pattern::parse(text, &DRILLS).expect_err(text).to_string();
        assert!(why("{drill}").contains("no `{student}`"));
        assert!(why("{student}/{name}").contains("has `{name}` in it"));
        assert!(why("{student}/{student").contains("twice"));
        for text in [
            "",
            "/{student}",
            "{student}//x",
            "../{student}",
            "a/./{student}",
        ] {
            assert!(why(text).contains("must be names"), "{text}");
        }
    }

    #[test]
    fn a_drill_is_known_by_its_name_alone() {
        assert_eq!(
            drill_named("Inflight-Fix (1)", &DRILLS),
            Some("inflight_fix")
        );
        assert_eq!(drill_named("offload-2", &DRILLS), Some("offload"));
        for (name, drill) in [
            ("Cache Race final", "cache_race"),
            ("cache_race 2", "cache_race"),
            ("cache_race - Copy", "cache_race"),
            ("cache_race - Copy (3)", "cache_race"),
            ("cache_race-main", "cache_race"),
            ("CacheRace_v2", "cache_race"),
            ("offload_2026-11-20 10.30", "offload"),
        ] {
            assert_eq!(drill_named(name, &DRILLS), Some(drill), "{name}");
            let flat = read("{student}_{drill}", &format!("ada_{name}"));
            if name != "CacheRace_v2" {
                assert_eq!(flat, is("ada", "", drill), "{name}");
            }
        }
        for name in [
            "my_offload",
            "offload_tests",
            "offloaded",
            "cache",
            "cache_racer",
        ] {
            assert_eq!(drill_named(name, &DRILLS), None, "{name}");
        }
        assert_eq!(drill_within("my_offload", &DRILLS), Some("offload"));
        assert_eq!(drill_within("my_offload_cache_race", &DRILLS), None);
        assert_eq!(drill_within("reoffload", &DRILLS), None);
        assert_eq!(drill_named("", &DRILLS), None);
    }
}

//! Patterns: how a class' hand-ins are named, as `{student}/{drill}`.
//!
//! Its main type is [`Pattern`]: one `Segment` for each folder on the way and one
//! for the hand-in itself. A pattern looks at names only, never at files.

use regex_lite::Regex;
use thiserror::Error;

/// How the names on the way to a hand-in are made up.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: String,
    segments: Vec<Segment>,
}

/// One name of a pattern, the part between two slashes.
#[derive(Clone, Debug)]
struct Segment {
    /// With the names of the drills where `{drill}` stands.
    known: Regex,
    /// With any name there, to say which drill there is not.
    any: Regex,
}

/// What the names on the way to a hand-in say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// What stands for `{student}`.
    pub student: Option<String>,
    /// What stands for `{id}`.
    pub id: Option<String>,
    /// The slug of the drill that `{drill}` names.
    pub drill: Option<String>,
}

/// Why a name says nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// It is made up in another way.
    Shape,
    /// It would fit, but names no drill.
    NoDrill(String),
}

/// Why a text is no pattern.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PatternError {
    /// Nobody would know whose a hand-in is.
    #[error("pattern `{0}` has no `{{student}}` in it")]
    NoStudent(String),
    /// A name that stands for nothing.
    #[error(
        "pattern `{pattern}` has `{{{name}}}` in it; there are `{{student}}`, `{{id}}`, `{{drill}}` and `*`"
    )]
    Unknown {
        /// The pattern.
        pattern: String,
        /// What stands in braces.
        name: String,
    },
    /// A placeholder that stands there twice.
    #[error("pattern `{pattern}` has `{{{name}}}` in it twice")]
    Twice {
        /// The pattern.
        pattern: String,
        /// What stands in braces.
        name: String,
    },
    /// A name that is empty or leaves the folder.
    #[error("pattern `{0}` must be names with `/` between them, none of them empty, `.` or `..`")]
    Names(String),
}

const PLACEHOLDERS: [&str; 3] = ["student", "id", "drill"];

/// What learning systems and browsers put behind a name that was there before.
const AGAIN: &str = r"(?:-[0-9]+| ?\([0-9]+\))?";

impl Pattern {
    /// Reads a pattern; `drills` are the slugs that `{drill}` can be.
    ///
    /// # Errors
    /// When it is none; the text says why.
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

    /// How many names there are on the way, the hand-in's own counted.
    pub fn depth(&self) -> usize {
        self.segments.len()
    }

    /// Whether it says which drill a hand-in is for.
    pub fn names_drill(&self) -> bool {
        self.text.contains("{drill}")
    }

    /// What the name at a depth, counted from 0, says beside what is `said` already.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn read(&self, depth: usize, name: &str, said: &Named) -> Result<Named, Misfit> {
        let segment = self.segments.get(depth).ok_or(Misfit::Shape)?;
        let Some(found) = segment.known.captures(name) else {
            let any = segment.any.captures(name).ok_or(Misfit::Shape)?;
            let drill = any.name("drill").map(|it| it.as_str().to_owned());
            return Err(drill.map_or(Misfit::Shape, Misfit::NoDrill));
        };
        let text = |what: &str| found.name(what).map(|it| it.as_str().to_owned());
        let said = said.clone();
        Ok(Named {
            student: text("student").or(said.student),
            id: text("id").or(said.id),
            drill: text("drill").map(|name| plain(&name)).or(said.drill),
        })
    }
}

/// The slug of the drill that a name without its ending means: letters of any case,
/// `-` and spaces for `_`, and a number behind it from a second hand-in.
pub fn drill_named<'a>(stem: &str, drills: &[&'a str]) -> Option<&'a str> {
    let numbered = |opening: char| {
        let (name, number) = stem.trim_end_matches(')').rsplit_once(opening)?;
        let is_number = !number.is_empty() && number.bytes().all(|it| it.is_ascii_digit());
        is_number.then(|| name.trim_end_matches(' '))
    };
    let name = match stem.ends_with(')') {
        true => numbered('('),
        false => numbered('-'),
    };
    let name = plain(name.unwrap_or(stem));
    drills.iter().copied().find(|slug| *slug == name)
}

/// A drill's name as slugs are written.
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
        let none = |name: &str| Err(Misfit::NoDrill(name.to_owned()));
        assert_eq!(read("{student}/{drill}", "ada/onload"), none("onload"));
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
        assert_eq!(drill_named("my_offload", &DRILLS), None);
        assert_eq!(drill_named("", &DRILLS), None);
    }
}

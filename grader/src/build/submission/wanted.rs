//! The drill that a submission is read for, so that it is found among others in one folder or archive.
//!
//! Its main type is [`Wanted`]. It looks at names only.

use play::text::slug_in;

use crate::course::Course;
use crate::course::language::Language;

use super::format;

/// The drill whose submission is wanted.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'a> {
    /// Its slug; `None` if the drill is unknown.
    pub drill: Option<&'a str>,
    /// The slugs of all drills.
    pub drills: &'a [&'a str],
    /// What the course ships for it: an untouched stub is nobody's work.
    pub shipped: &'a [Shipped],
}

/// A stub of the wanted drill.
#[derive(Debug, Clone)]
pub struct Shipped {
    pub(super) language: Language,
    /// Where the learner's file is, from the drill's folder.
    pub(super) path: String,
    text: String,
}

impl Shipped {
    /// Those of a drill, one for each of its languages. One that cannot be read is left out.
    pub fn of(course: &Course, slug: &str) -> Vec<Shipped> {
        let folder = course.exercise_dir(slug);
        let of = |language| {
            let path = course.path_in(slug, language);
            let path = path.strip_prefix(&folder).ok()?.to_str()?.to_owned();
            let text = std::fs::read_to_string(course.stub_in(slug, language)).ok()?;
            Some(Shipped {
                language,
                path,
                text,
            })
        };
        Language::ALL.into_iter().filter_map(of).collect()
    }

    /// Whether a text is the stub, but for its spaces and the ends of its lines.
    pub(super) fn is(&self, text: &str) -> bool {
        text.split_whitespace().eq(self.text.split_whitespace())
    }
}

/// How well a name matches the wanted drill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Named {
    /// It names another drill.
    Other,
    /// It names none.
    None,
    /// The drill's name is part of it.
    InPart,
    /// It is the drill's name.
    Whole,
}

impl Wanted<'_> {
    /// Judges a folder's name, or a file's without its ending.
    pub(super) fn named(&self, name: &str) -> Named {
        let found = self.drills.iter().filter_map(|slug| {
            let whole = slug_in(name, slug)?;
            Some((slug.len(), whole, *slug))
        });
        match found.max() {
            None => Named::None,
            Some((_, _, slug)) if Some(slug) != self.drill => Named::Other,
            Some((_, true, _)) => Named::Whole,
            Some((_, false, _)) => Named::InPart,
        }
    }

    /// Judges a file's name without its ending.
    pub(super) fn stem_named(&self, path: &str) -> Named {
        let name = path.rsplit('/').next().unwrap_or(path);
        let ending = format::ending(name).map_or(".rs".len(), str::len);
        let stem = name.len().checked_sub(ending).and_then(|at| name.get(..at));
        self.named(stem.unwrap_or(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drill_is_named_as_a_whole_or_in_part() {
        let wanted = Wanted {
            drill: Some("cache_race"),
            drills: &["cache_race", "offload"],
            shipped: &[],
        };
        for (name, named) in [
            ("cache_race", Named::Whole),
            ("Cache-Race (1)", Named::Whole),
            ("cache race 2", Named::Whole),
            ("cache_race-main", Named::InPart),
            ("ada cache_race", Named::InPart),
            ("offload", Named::Other),
            ("my offload", Named::Other),
            ("offloading", Named::None),
            ("src", Named::None),
            ("", Named::None),
        ] {
            assert_eq!(wanted.named(name), named, "{name}");
        }
        assert_eq!(Wanted::default().named("offload"), Named::None);
    }
}

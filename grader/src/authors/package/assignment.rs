//! Finds the drill of a Gradescope assignment by its title, so that one autograder serves
//! all assignments of a course.

use serde::Deserialize;
use thiserror::Error;

use play::text::{one_line, slug_in, words};

/// Why no drill is known.
#[derive(Debug, Error)]
pub enum AssignmentError {
    /// Gradescope did not write the file.
    #[error(
        "the assignment's description cannot be understood: {0}; grade with a file that Gradescope wrote"
    )]
    Metadata(#[from] serde_json::Error),
    /// Its title names no drill, or several.
    #[error(
        "the assignment's title, `{title}`, does not name one drill; put one of these into it: {}", .drills.join(", ")
    )]
    Title {
        /// The title.
        title: String,
        /// The known drills.
        drills: Vec<String>,
    },
}

/// The drill that the title in `metadata` names: by its slug, however that is written, or
/// by its own title. `drills` are slugs with their titles.
///
/// # Errors
/// When it names none or several.
pub fn drill_of(metadata: &str, drills: &[(String, String)]) -> Result<String, AssignmentError> {
    #[derive(Deserialize)]
    struct Metadata {
        assignment: Assignment,
    }
    #[derive(Deserialize)]
    struct Assignment {
        title: String,
    }
    let metadata: Metadata = serde_json::from_str(metadata)?;
    let title = metadata.assignment.title;
    let named = |name: &str| !name.is_empty() && slug_in(&title, &words(name)).is_some();
    let found = drills
        .iter()
        .filter(|(slug, name)| named(slug) || named(name));
    let found: Vec<&String> = found.map(|(slug, _)| slug).collect();
    match &*found {
        [only] => Ok((*only).clone()),
        _ => Err(AssignmentError::Title {
            title: one_line(&title, 100),
            drills: drills.iter().map(|(slug, _)| format!("`{slug}`")).collect(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_names_a_drill_in_its_own_words() {
        let drills = [
            ("cache_race".to_owned(), "The cache race".to_owned()),
            (
                "inflight_fix".to_owned(),
                "One fetch, however many ask".to_owned(),
            ),
        ];
        let of = |title: &str| {
            let metadata =
                serde_json::json!({ "id": 1, "assignment": { "id": 2, "title": title } });
            drill_of(&metadata.to_string(), &drills).ok()
        };
        for title in [
            "cache_race",
            "Homework 3: Cache-Race (graded)",
            "the CACHE race",
            "HW:  Cache  race",
            "CacheRace",
        ] {
            assert_eq!(of(title).as_deref(), Some("cache_race"), "{title}");
        }
        assert_eq!(
            of("HW 4 - One fetch, however many ask").as_deref(),
            Some("inflight_fix")
        );
        for title in [
            "Homework 3",
            "cache_race and inflight_fix",
            "",
            "cache_races",
        ] {
            assert_eq!(of(title), None, "{title}");
        }
        assert!(drill_of("{}", &drills).is_err());
    }
}

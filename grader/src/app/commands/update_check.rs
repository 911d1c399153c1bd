//! `update-check`: which stubs have changed since the learner began. It touches none of
//! the learner's files.

use std::io::Write;
use std::path::Path;

use anyhow::Result;

use super::Exit;
use crate::app::cli::UpdateCheck;
use crate::course::Course;
use crate::course::language::Language;
use crate::learn::learner::Learner;

pub(super) fn run(course: &Course, args: &UpdateCheck) -> Result<Exit> {
    let learner = Learner::of(course);
    let slugs = course.slugs()?;
    let each = slugs
        .iter()
        .flat_map(|slug| Language::ALL.map(|language| (slug, language)));
    let behind: Vec<(&String, Language)> = each
        .filter(|(slug, language)| learner.is_behind_in(course, slug, *language))
        .collect();
    let mut out = anstream::stdout();
    if behind.is_empty() {
        writeln!(out, "no stub has changed since you began")?;
        return Ok(Exit::Passed);
    }
    if args.accept {
        Learner::change(course, |learner| {
            for (slug, language) in &behind {
                learner.begin_anew_in(course, slug, *language);
            }
        })?;
        let names: Vec<String> = behind
            .iter()
            .map(|(slug, language)| named(slug, *language))
            .collect();
        let names = names.join(", ");
        writeln!(
            out,
            "accepted as they are now: {names}; your files are unchanged"
        )?;
        return Ok(Exit::Passed);
    }
    for (slug, language) in behind {
        let name = named(slug, language);
        writeln!(
            out,
            "{name}: its stub has changed since you began; your file is unchanged"
        )?;
        let old = learner.old_stub(slug, language);
        if old.is_file() {
            let relative = |path: &Path| path.strip_prefix(course.root()).map(Path::to_owned);
            let old = relative(&old).unwrap_or(old);
            let new = course.stub_in(slug, language);
            let new = relative(&new).unwrap_or(new);
            writeln!(
                out,
                "  what changed: diff -u {} {}",
                old.display(),
                new.display()
            )?;
        }
        let option = match language {
            Language::Rust => String::new(),
            language => format!(" --language {}", language.folder()),
        };
        writeln!(
            out,
            "  to start over: cargo grader reset {slug}{option} (your work is kept)"
        )?;
    }
    writeln!(
        out,
        "\nwhen your files have what they need of it: cargo grader update-check --accept"
    )?;
    Ok(Exit::Passed)
}

fn named(slug: &str, language: Language) -> String {
    match language {
        Language::Rust => slug.to_owned(),
        language => format!("{slug} in {language}"),
    }
}

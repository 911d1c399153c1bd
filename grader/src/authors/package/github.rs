//! A workflow for a student's repository on GitHub.

use super::{PackageError, Packing};

const WORKFLOW: &str = include_str!("../../../packages/github/grade.yml");

/// The step for what submissions in other languages run in.
const INSTALL: &str = "      - name: Install @NAMES@
        working-directory: ${{ runner.temp }}/course
        run: |
          sudo apt-get update
          sudo apt-get install --yes --no-install-recommends @ALL@
";

/// Finds the folder of a language in a repository that may hold a whole course.
const FIND: &str = "          place=\"$GITHUB_WORKSPACE\"
          for folder in exercises/@DRILL@/@FOLDER@ @DRILL@/@FOLDER@ @FOLDER@; do
            if [ -d \"$GITHUB_WORKSPACE/$folder\" ]; then place=\"$GITHUB_WORKSPACE/$folder\"; break; fi
          done
";

fn names(packing: &Packing) -> String {
    let names: Vec<String> = packing.others().map(|it| it.to_string()).collect();
    names.join(" and ")
}

/// The workflow's text. `course` is the course's repository, `OWNER/NAME`; `reference`
/// the commit, tag or branch of it that grades.
///
/// # Errors
/// When one of the two could be taken for more than a name.
pub fn workflow(packing: &Packing, course: &str, reference: &str) -> Result<String, PackageError> {
    let plain = |text: &str, more: &str| {
        let letter = |letter: char| letter.is_ascii_alphanumeric() || more.contains(letter);
        !text.is_empty() && !text.starts_with('-') && text.chars().all(letter)
    };
    let parts: Vec<&str> = course.split('/').collect();
    if parts.len() != 2 || !parts.iter().all(|part| plain(part, "-_.")) {
        let what = "name the course's repository as OWNER/NAME";
        return Err(PackageError::Name(course.to_owned(), what));
    }
    if !plain(reference, "-_./") {
        let what = "name a commit, a tag or a branch of the course";
        return Err(PackageError::Name(reference.to_owned(), what));
    }
    let others = packing.debian();
    let install = match &*others {
        [] => String::new(),
        _ => INSTALL
            .replace("@NAMES@", &names(packing))
            .replace("@ALL@", &others.join(" ")),
    };
    let place = packing.language.map(|it| it.folder()).unwrap_or_default();
    let (find, place) = match place {
        "" => (String::new(), "$GITHUB_WORKSPACE"),
        folder => (
            FIND.replace("@FOLDER@", folder)
                .replace("@DRILL@", packing.drills.first().map_or("", |first| first)),
            "$place",
        ),
    };
    // Between quotes: a commit may look like a number.
    let text = packing.fill(WORKFLOW);
    Ok(text
        .replace("@INSTALL@\n", &install)
        .replace("@FIND@\n", &find)
        .replace("@PLACE@", place)
        .replace("@COURSE@", &format!("\"{course}\""))
        .replace("@REF@", &format!("\"{reference}\"")))
}

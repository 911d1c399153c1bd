//! A workflow for a student's repository on GitHub.

use super::{PackageError, Packing};

const WORKFLOW: &str = include_str!("../../../packages/github/grade.yml");

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
    // Between quotes: a commit may look like a number.
    let text = packing.fill(WORKFLOW);
    Ok(text
        .replace("@COURSE@", &format!("\"{course}\""))
        .replace("@REF@", &format!("\"{reference}\"")))
}

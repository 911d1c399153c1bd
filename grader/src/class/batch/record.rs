//! The record that is kept of one submission.
//!
//! Its main type is [`Record`], one JSON file each. Nothing here reads or writes
//! files.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::student::Student;
use crate::grade::verdict::{CheckStatus, Status, Verdict};

/// The version of a record's JSON form.
pub const RECORD_SCHEMA: u32 = 1;

/// How much of a compiler's text and of a submission's output is kept, in bytes of
/// JSON.
const DIAGNOSTICS: usize = 6 << 10;
const OUTPUT: usize = 2 << 10;

/// The record of one submission of one student for one drill.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// [`RECORD_SCHEMA`].
    pub schema: u32,
    /// Who handed it in.
    pub student: Student,
    /// The drill's slug.
    pub drill: String,
    /// Where it lies, from the batch's folder.
    pub path: String,
    /// Whether the learning system marked it as late.
    #[serde(default)]
    pub late: bool,
    /// The hash of its Rust files; empty if they could not be read.
    pub sha256: String,
    /// A hash of its tokens with names, comments and layout set aside: submissions
    /// that share it differ in nothing else. Empty when it could not be read.
    pub shape: String,
    /// The seed it was graded with. It comes from the batch's seed, the drill and the
    /// content, so the same code has the same seed for every student.
    pub seed: u64,
    /// A hash of everything but content and seed that decided the verdict: the
    /// grader's rules and the drill's limits.
    pub rules: String,
    /// When it was graded, in seconds since 1970.
    pub graded_at: u64,
    /// How many gradings it took: more than one if the machine failed.
    pub attempts: u32,
    /// Whether it ran out of time beside others and still has to be graded alone.
    #[serde(default)]
    pub doubtful: bool,
    /// The path of the identical submission that was graded in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_as: Option<String>,
    /// The outcome of an earlier grading, if that had another content or another
    /// grader.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Outcome>,
    /// The outcomes of all that this student handed in before, the oldest first; the
    /// last is `before`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<Outcome>,
    /// When it was handed in, in the learning system's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// The present verdict. Its `submission` is `path`; its longest texts are cut
    /// short.
    pub verdict: Verdict,
}

/// A short form of a verdict, kept when another one takes its place.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Outcome {
    /// The hash of the content it was about.
    pub sha256: String,
    /// The grader's version.
    pub grader: String,
    /// As in [`Record::rules`].
    pub rules: String,
    /// When it was graded, in seconds since 1970.
    pub graded_at: u64,
    /// How it ended.
    pub status: Status,
    /// Points reached.
    pub score: u32,
    /// Each check by its id.
    pub checks: BTreeMap<String, CheckStatus>,
}

impl Record {
    /// The short form of its verdict.
    pub fn outcome(&self) -> Outcome {
        let checks = self.verdict.checks.iter();
        Outcome {
            sha256: self.sha256.clone(),
            grader: self.verdict.grader.clone(),
            rules: self.rules.clone(),
            graded_at: self.graded_at,
            status: self.verdict.status,
            score: self.verdict.score,
            checks: checks
                .map(|check| (check.id.clone(), check.status))
                .collect(),
        }
    }
}

impl Record {
    /// Cuts texts that a submission can make arbitrarily long, so that no record
    /// takes much space.
    pub(super) fn shorten(&mut self) {
        cut(&mut self.verdict.diagnostics, DIAGNOSTICS);
        cut(&mut self.verdict.output, OUTPUT);
    }
}

/// Cuts a text that takes more than `limit` bytes in JSON.
fn cut(text: &mut String, limit: usize) {
    let mut size = 0;
    let end = text.char_indices().find(|(_, letter)| {
        size += match letter {
            '\0'..='\x1f' => 6,
            '"' | '\\' => 2,
            _ => letter.len_utf8(),
        };
        size > limit
    });
    if let Some((end, _)) = end {
        let rest = text.len() - end;
        text.truncate(end);
        text.push_str(&format!("\n… ({rest} bytes more)\n"));
    }
}

impl Outcome {
    /// Whether both say the same: status, points and every check.
    pub fn says_the_same(&self, other: &Outcome) -> bool {
        self.status == other.status && self.score == other.score && self.checks == other.checks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_where_its_json_would_be_too_long() {
        for (text, limit, kept) in [
            ("abc", 3, "abc"),
            ("abcd", 3, "abc\n… (1 bytes more)\n"),
            ("\u{1b}\u{1b}x", 11, "\u{1b}\n… (2 bytes more)\n"),
            ("éé", 3, "é\n… (2 bytes more)\n"),
        ] {
            let mut text = text.to_owned();
            cut(&mut text, limit);
            assert_eq!(text, kept);
        }
    }
}

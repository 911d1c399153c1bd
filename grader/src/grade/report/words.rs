//! The words that every format shares, as plain text that is fit to show.

use crate::course::language::Language;
use crate::grade::verdict::{CheckResult, CheckStatus, Status, Verdict};
use play::text::{excerpt, one_line, printable};

/// How a grading ended, in a word or three: the same words everywhere, but for JSON.
pub fn ended(status: Status) -> &'static str {
    match status {
        Status::Passed => "passed",
        Status::Failed => "not yet",
        Status::CompileError => "does not compile",
        Status::Rejected => "rejected",
        Status::Crashed => "crashed",
        Status::TimedOut => "ran out of time",
        Status::InfraError => "not graded",
    }
}

/// The same in a language: nothing is compiled of what is interpreted.
pub(crate) fn ended_in(status: Status, language: Language) -> &'static str {
    match status {
        Status::CompileError if !language.is_rust() => "cannot be loaded",
        status => ended(status),
    }
}

/// The same of a verdict, which knows its language.
pub fn ended_of(verdict: &Verdict) -> &'static str {
    ended_in(verdict.status, verdict.language)
}

/// Whether a check held, in a word.
pub(crate) fn held(status: CheckStatus) -> &'static str {
    match status {
        CheckStatus::Passed => "passed",
        CheckStatus::Failed => "failed",
        CheckStatus::Skipped => "not judged",
    }
}

/// How it ended and for how many points.
pub(crate) fn summary(verdict: &Verdict) -> String {
    let points = (verdict.score, verdict.max_score);
    ended_with(verdict.status, verdict.language, points)
}

/// The same for a verdict that is not at hand.
pub(crate) fn ended_with(status: Status, language: Language, points: (u32, u32)) -> String {
    let ended = ended_in(status, language);
    let (score, most) = points;
    match status {
        Status::InfraError => ended.to_owned(),
        _ => format!("{ended}, {score} of {most} points"),
    }
}

/// The points of checks that are not in the verdict because they may not be shown.
pub(crate) fn unseen_points(verdict: &Verdict) -> u32 {
    let seen = verdict.checks.iter().map(|check| check.max_points).sum();
    match verdict.checks.is_empty() {
        true => 0,
        false => verdict.max_score.saturating_sub(seen),
    }
}

/// A check's title; a mastery check says so.
pub(crate) fn title(check: &CheckResult) -> String {
    let mastery = if check.required { "" } else { " (mastery)" };
    format!("{}{mastery}", one_line(&check.title, 200))
}

/// The message, in one line; never empty for a check that did not pass.
pub(crate) fn message(check: &CheckResult) -> String {
    match (&*check.message, check.status) {
        ("", CheckStatus::Failed) => "this does not hold".to_owned(),
        ("", CheckStatus::Skipped) => "this was not judged".to_owned(),
        (message, _) => one_line(message, 500),
    }
}

/// The message, the timeline, the replay command and the hint: at most `limit`
/// bytes.
pub(crate) fn of_check(drill: &str, check: &CheckResult, limit: usize) -> String {
    if check.status == CheckStatus::Passed {
        return String::new();
    }
    let mut lines = vec![message(check)];
    for (number, line) in (1..).zip(&check.timeline) {
        lines.push(format!("{number:>3}  {}", one_line(line, 300)));
    }
    if let Some(key) = &check.schedule {
        lines.push(format!("again: {}", replay(drill, key)));
    }
    if !check.hint.is_empty() {
        lines.push(format!("think: {}", one_line(&check.hint, 500)));
    }
    excerpt(&lines.join("\n"), limit)
}

/// The command that plays a schedule again, for readers who have the course.
pub(crate) fn replay(drill: &str, key: &str) -> String {
    let (drill, key) = (one_line(drill, 60), one_line(key, 300));
    format!("cargo grader replay {drill} exercises/{drill} {key}")
}

/// A path, quoted as one word for a shell.
pub(crate) fn quoted(path: &str) -> String {
    let path = one_line(path, 200);
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-+,@".contains(letter);
    match !path.is_empty() && path.chars().all(plain) {
        true => path,
        false => format!("'{}'", path.replace('\'', "'\\''")),
    }
}

/// The text in place of checks, if there are none: rustc's words, or a reason.
pub(crate) fn reason(verdict: &Verdict, limit: usize) -> Option<String> {
    match verdict.status {
        Status::CompileError | Status::Rejected | Status::InfraError => {
            let text = printable(verdict.diagnostics.trim_end());
            Some(excerpt(&text, limit))
        }
        _ => None,
    }
}

/// Whether any check explains the verdict. A check that was not judged does not.
pub(crate) fn a_check_tells(verdict: &Verdict) -> bool {
    let failed = |check: &CheckResult| check.required && check.status == CheckStatus::Failed;
    verdict.passed() || verdict.checks.iter().any(failed)
}

/// The note that leads to the next drill of several.
pub(crate) fn prefix(verdicts: &[Verdict], verdict: &Verdict) -> String {
    match verdicts.len() {
        0 | 1 => String::new(),
        _ => format!("{}: ", one_line(&verdict.drill, 60)),
    }
}

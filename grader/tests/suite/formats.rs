//! The formats that other programs read: each is written from verdicts made by
//! hand, one of every status, and checked against what its reader accepts.

pub(crate) mod hostile;
pub(crate) mod made;
mod schemas;
mod shown;

use grader::grade::feedback::{Feedback, Level};
use grader::grade::report::{
    Exercism, Github, Gradescope, Junit, Markdown, PrairieLearn, Report, Source,
};
use grader::grade::verdict::{Status, Verdict};

use made::verdict;

/// A format's output for these verdicts, as students are shown them.
fn written(report: &dyn Report, verdicts: &[Verdict]) -> String {
    let shown = Feedback::at(Level::Full).of_all(verdicts);
    raw(report, &shown)
}

/// A format's output for these verdicts as they are.
fn raw(report: &dyn Report, verdicts: &[Verdict]) -> String {
    let mut text = Vec::new();
    let mut out = anstream::StripStream::new(&mut text);
    for verdict in verdicts {
        report
            .one(verdict, &mut out)
            .expect("memory can be written");
    }
    report
        .all(verdicts, &mut out)
        .expect("memory can be written");
    String::from_utf8(text).expect("it is text")
}

/// GitHub's format with everything variable pinned.
fn github(verdicts: &[Verdict]) -> Github {
    let source = |verdict: &Verdict| Source {
        submission: verdict.submission.clone(),
        root: "ada.rs".to_owned(),
        text: "//! A cache.\n\nimpl UserCache {\n    pub async fn get_user(&self) {}\n}\n"
            .to_owned(),
    };
    Github {
        token: "0123456789abcdef".to_owned(),
        workspace: None,
        summary: None,
        sources: verdicts.iter().map(source).collect(),
    }
}

/// All verdicts in one format, each below its status.
fn all_of(report: &dyn Fn(&[Verdict]) -> Box<dyn Report>) -> String {
    let mut text = String::new();
    for status in made::STATUSES {
        let verdicts = [verdict(status)];
        text.push_str(&format!("=== {status:?} ===\n"));
        text.push_str(&written(&*report(&verdicts), &verdicts));
    }
    let two = [verdict(Status::Failed), made::passed_without_mastery()];
    text.push_str("=== two drills, one of them without its mastery check ===\n");
    text.push_str(&written(&*report(&two), &two));
    text
}

#[test]
fn gradescope_is_told_of_every_status() {
    insta::assert_snapshot!(all_of(&|_| Box::new(Gradescope)));
}

#[test]
fn prairielearn_is_told_of_every_status() {
    insta::assert_snapshot!(all_of(&|_| Box::new(PrairieLearn)));
}

#[test]
fn exercism_is_told_of_every_status() {
    insta::assert_snapshot!(all_of(&|_| Box::new(Exercism)));
}

#[test]
fn junit_is_told_of_every_status() {
    insta::assert_snapshot!(all_of(&|_| Box::new(Junit)));
}

#[test]
fn github_is_told_of_every_status() {
    insta::assert_snapshot!(all_of(&|verdicts| Box::new(github(verdicts))));
}

#[test]
fn markdown_tells_of_every_status() {
    insta::assert_snapshot!(all_of(&|_| Box::new(Markdown::default())));
}

#[test]
fn an_annotation_names_the_line_that_is_wrong() {
    let place = |status: Status, change: &dyn Fn(&mut Verdict)| -> String {
        let mut verdict = verdict(status);
        change(&mut verdict);
        let verdicts = [verdict];
        let text = written(&github(&verdicts), &verdicts);
        let line = text.lines().find_map(|line| line.strip_prefix("::error "));
        let line = line.expect(&text);
        line.split_once(",title=").expect(line).0.to_owned()
    };
    let as_it_is = |_: &mut Verdict| {};
    // The place that rustc points to, and the place of the panic.
    assert_eq!(
        place(Status::CompileError, &as_it_is),
        "file=ada.rs,line=12"
    );
    assert_eq!(place(Status::Crashed, &as_it_is), "file=ada.rs,line=26");
    // A failure without a line of its own points to the entry that the grader calls.
    assert_eq!(place(Status::Failed, &as_it_is), "file=ada.rs,line=4");
    // In a crate's folder, from the repository's own.
    let folder = |verdict: &mut Verdict| {
        "exercises/inflight_fix".clone_into(&mut verdict.submission);
        verdict.diagnostics = "error: x\n --> src/flight/table.rs:9:1\n".to_owned();
    };
    assert_eq!(
        place(Status::CompileError, &folder),
        "file=exercises/inflight_fix/src/flight/table.rs,line=9"
    );
    // A place outside the submission becomes its root file.
    let elsewhere = |verdict: &mut Verdict| {
        verdict.diagnostics = "error: x\n --> /etc/secret.rs:9:1\n --> contract.rs:3:1".to_owned();
    };
    assert_eq!(
        place(Status::CompileError, &elsewhere),
        "file=ada.rs,line=4"
    );
}

#[test]
fn an_annotation_s_file_is_named_from_the_repository() {
    let mut failed = verdict(Status::Failed);
    let here = std::env::current_dir().expect("there is one");
    failed.submission = here.join("work/ada.rs").display().to_string();
    let verdicts = [failed];
    let report = Github {
        workspace: Some(here.join("work")),
        ..github(&verdicts)
    };
    let text = written(&report, &verdicts);
    assert!(text.contains("::error file=ada.rs,line=4,"), "{text}");
}

#[test]
fn the_step_summary_is_added_to_and_ends_before_it_is_too_large() {
    let folder = tempfile::tempdir().expect("there is space");
    let path = folder.path().join("summary.md");
    std::fs::write(&path, "before\n").expect("it is ours");
    let mut long = verdict(Status::CompileError);
    long.diagnostics = "a line of text\n".repeat(4_000);
    let verdicts = vec![long; 100];
    let report = Github {
        summary: Some(path.clone()),
        ..github(&verdicts)
    };
    let log = written(&report, &verdicts);
    let summary = std::fs::read_to_string(path).expect("it is there");
    assert!(summary.starts_with("before\n# inflight_fix: does not compile"));
    assert!(
        (500_000..1 << 20).contains(&summary.len()),
        "{}",
        summary.len()
    );
    assert!(
        summary.trim_end().ends_with("more."),
        "what is left out is told"
    );
    // No more than GitHub shows.
    assert_eq!(log.matches("\n::error ").count(), 10);
}

#[test]
fn prairielearn_s_file_stays_below_its_limit_and_keeps_the_points() {
    let mut long = verdict(Status::Failed);
    for check in &mut long.checks {
        check.timeline = vec!["\"quoted\" and more of it, on and on".repeat(8); 60];
    }
    let verdicts = vec![long; 60];
    let text = written(&PrairieLearn, &verdicts);
    assert!(text.len() < 1_000_000, "{}", text.len());
    let results: schemas::PrairieLearn = serde_json::from_str(&text).expect("it is valid");
    assert_eq!(results.tests.len(), 60 * made::CHECKS);
    assert!((results.score - 0.3).abs() < 1e-9, "{}", results.score);
}

//! Text that means harm, in every field of a verdict, in every form.

use grader::grade::report::{Exercism, Gradescope, Junit, Markdown, PrairieLearn, Report};
use grader::grade::verdict::{Status, Verdict};
use pulldown_cmark::{Event, Options, Parser, Tag};

use super::made::{self, STATUSES};
use super::{github, raw, schemas};

/// Text that an attacker might write.
pub(crate) const HOSTILE: &str = "\u{1b}[2J\u{7}\r\n::error::owned\n::0123456789abcdef::\n##[set-env name=A]b\n\
    ]]><failure/></testcase><script>alert(1)</script><img src=x onerror=alert(1)>&amp;\n\
    =cmd()|' /C calc'!A0,\"quoted\";\t@SUM(1)\n```\n# heading [link](http://x) ![i](//x) |\n\
    \u{202e}\u{9b}31m\0\u{fffe}\u{ffff}%0A::add-mask::x";

/// The verdict with that text in every text field.
pub(crate) fn harm(verdict: &Verdict, text: &str) -> Verdict {
    let mut verdict = verdict.clone();
    let all = [
        &mut verdict.drill,
        &mut verdict.submission,
        &mut verdict.sha256,
        &mut verdict.grader,
        &mut verdict.diagnostics,
        &mut verdict.output,
    ];
    for field in all {
        text.clone_into(field);
    }
    for check in &mut verdict.checks {
        let all = [
            &mut check.id,
            &mut check.title,
            &mut check.message,
            &mut check.hint,
        ];
        for field in all {
            text.clone_into(field);
        }
        check.schedule = Some(text.to_owned());
        check.timeline = vec![text.to_owned(), format!("  {text}")];
    }
    verdict
}

fn forms(verdicts: &[Verdict]) -> Vec<(&'static str, Box<dyn Report>)> {
    vec![
        ("gradescope", Box::new(Gradescope)),
        ("prairielearn", Box::new(PrairieLearn)),
        ("exercism", Box::new(Exercism)),
        ("junit", Box::new(Junit)),
        ("github", Box::new(github(verdicts))),
        ("markdown", Box::new(Markdown::default())),
    ]
}

/// Every verdict there is, harmed.
fn harmed() -> Vec<Vec<Verdict>> {
    let one = STATUSES.map(|status| vec![harm(&made::verdict(status), HOSTILE)]);
    let mut all = one.to_vec();
    all.push(all.concat());
    all
}

#[test]
fn no_form_lets_a_control_character_or_a_command_through() {
    for verdicts in harmed() {
        for (name, report) in forms(&verdicts) {
            let text = raw(&*report, &verdicts);
            let bad = text.chars().find(|letter| {
                (letter.is_control() && !"\n\t".contains(*letter)) || *letter == '\u{202e}'
            });
            assert_eq!(bad, None, "{name}: {text}");
            assert!(!text.contains("##["), "{name}: {text}");
            for line in text.lines() {
                let own = ["::stop-commands::0123456789abcdef", "::0123456789abcdef::"];
                let command = line.trim_start().starts_with("::");
                let ours = name == "github"
                    && (own.contains(&line)
                        || line.starts_with("::error ")
                        || line.starts_with("::warning "));
                assert!(!command || ours, "{name}: {line}");
            }
        }
    }
}

#[test]
fn the_log_is_closed_before_a_command_is_given_and_by_nobody_else() {
    for verdicts in harmed() {
        let text = raw(&github(&verdicts), &verdicts);
        let mut stopped = false;
        let (mut stops, mut commands) = (0, 0);
        for line in text.lines() {
            match line {
                "::stop-commands::0123456789abcdef" => {
                    assert!(!stopped);
                    stopped = true;
                    stops += 1;
                }
                "::0123456789abcdef::" => stopped = false,
                line if line.starts_with("::") => {
                    assert!(!stopped, "{line}");
                    let rest = line.split_once(' ').expect(line).1;
                    let (properties, data) = rest.split_once("::").expect(line);
                    let keys: Vec<&str> = properties
                        .split(',')
                        .map(|property| property.split_once('=').expect(line).0)
                        .collect();
                    let known = ["file", "line", "title"];
                    assert!(keys.iter().all(|key| known.contains(key)), "{line}");
                    assert!(!data.is_empty());
                    commands += 1;
                }
                _ => {}
            }
        }
        assert_eq!(stops, verdicts.len());
        assert!(!stopped && commands <= 20);
    }
}

#[test]
fn harmed_files_are_still_files_their_readers_take() {
    for verdicts in harmed() {
        schemas::gradescope(&verdicts);
        schemas::prairielearn(&verdicts);
        schemas::exercism(&verdicts);
        schemas::junit(&verdicts);
    }
}

#[test]
fn much_in_every_field_makes_no_endless_file() {
    let long = format!("{}\n{}", "x".repeat(1 << 17), "y\n".repeat(1 << 16));
    for status in [Status::Failed, Status::CompileError] {
        let verdicts = [harm(&made::verdict(status), &long)];
        for (name, report) in forms(&verdicts) {
            // Without the log, which people read as it is written.
            let mut text = Vec::new();
            report
                .all(&verdicts, &mut text)
                .expect("memory can be written");
            let length = text.len();
            assert!(length < 300 << 10, "{name}, {status:?}: {length}");
        }
    }
}

#[test]
fn nothing_of_a_submission_is_markdown() {
    for verdicts in harmed() {
        let text = raw(&Markdown::default(), &verdicts);
        only_text(&text);
    }
}

/// Markdown without links, images and HTML, and all its headings ours.
#[track_caller]
pub(crate) fn only_text(markdown: &str) {
    for event in Parser::new_ext(markdown, Options::all()) {
        match &event {
            Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::HtmlBlock)
            | Event::Html(_)
            | Event::InlineHtml(_)
            | Event::FootnoteReference(_) => panic!("{event:?} in {markdown}"),
            _ => {}
        }
    }
}

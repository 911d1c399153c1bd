//! rustc's diagnostics: read as JSON, and made into the text that a learner reads.
//!
//! Its main type is [`Said`]. A diagnostic that shows lines of a file outside the job is
//! left out: whatever rustc was made to read, nobody gets to see it. A diagnostic without
//! a span in the submission may be the machine's doing, and is marked as doubtful.

use std::path::Path;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::tokens;
use play::text::printable;

/// How much of rustc's output is kept; JSON repeats everything several times.
pub(super) const RAW_BYTES: usize = 1 << 20;

/// How much of it is shown.
const SHOWN_BYTES: usize = 64 << 10;

/// What rustc said.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    /// The text that may be shown.
    pub(super) text: String,
    /// Whether the machine may be the reason.
    pub(super) doubtful: bool,
    /// Why the machine is the reason.
    pub(super) machine: Option<String>,
}

/// The parts of a diagnostic that matter here; its spans, at any depth, are
/// found by a [search](spans).
#[derive(Deserialize)]
struct Diagnostic {
    message: String,
    level: String,
    code: Option<Code>,
    spans: Vec<IgnoredAny>,
    rendered: Option<String>,
}

#[derive(Deserialize)]
struct Code {
    code: String,
}

/// Errors about crates that cannot be read; honest code meets only the first one.
const METADATA: [&str; 9] = [
    "E0463", "E0460", "E0461", "E0462", "E0514", "E0519", "E0523", "E0786", "E0773",
];

/// The system's words when it has run out of something or is failing. Only text that
/// is not a submission's is searched for them.
const FAILING: [&str; 12] = [
    "No space left on device",
    "os error 28",
    "Disk quota exceeded",
    "os error 122",
    "Input/output error",
    "os error 5)",
    "Read-only file system",
    "Stale file handle",
    "signal 9 [Killed]",
    "signal: 9 ",
    "signal 7 [Bus error]",
    "signal: 7 ",
];

/// Replaces a diagnostic that is not shown.
const WITHHELD: &str = "error: something is wrong in a file that is not the submission's; rustc's message is not shown\n\n";

impl Said {
    /// Reads the output of a call in the job folder `dir`; `dropped` more bytes were
    /// not kept.
    pub(super) fn read(raw: &str, dropped: u64, dir: &Path) -> Said {
        let mut said = Said::default();
        let mut lines = raw.lines().peekable();
        while let Some(line) = lines.next() {
            let is_cut = dropped > 0 && lines.peek().is_none();
            match serde_json::from_str::<Diagnostic>(line) {
                Ok(diagnostic) => said.add(line, diagnostic, dir),
                Err(_) if is_cut => {}
                // A crash, or a library's own message.
                Err(_) => said.add_plain(line),
            }
        }
        said.text = printable(&said.text);
        said.cut(dropped);
        said
    }

    fn add(&mut self, line: &str, diagnostic: Diagnostic, dir: &Path) {
        let is_error = diagnostic.level.starts_with("error");
        let is_sum = diagnostic.message.starts_with("aborting due to");
        if is_error && !is_sum && diagnostic.spans.is_empty() {
            self.doubtful = true;
            if spans(line).next().is_none() {
                self.look_for_failure(&diagnostic.message, line);
            }
        }
        let code = diagnostic.code.map(|code| code.code).unwrap_or_default();
        self.doubtful |= METADATA.contains(&&*code);
        let shows_others = spans(line).any(|span| span.shows_text && !is_own(&span.file, dir));
        match (shows_others, is_error) {
            (false, _) => self.text += &diagnostic.rendered.unwrap_or_default(),
            (true, true) => self.text += WITHHELD,
            (true, false) => {}
        }
    }

    fn add_plain(&mut self, line: &str) {
        self.doubtful |= !line.trim().is_empty();
        self.look_for_failure(line, line);
        self.text += line;
        self.text.push('\n');
    }

    fn look_for_failure(&mut self, message: &str, all: &str) {
        if FAILING.iter().any(|words| all.contains(words)) {
            let first = message.lines().next().unwrap_or_default();
            self.machine.get_or_insert_with(|| first.to_owned());
        }
    }

    fn cut(&mut self, dropped: u64) {
        if self.text.len() <= SHOWN_BYTES && dropped == 0 {
            return;
        }
        let end = self.text.floor_char_boundary(SHOWN_BYTES);
        let more = (self.text.len() - end) as u64 + dropped;
        let limit = SHOWN_BYTES >> 10;
        self.text.truncate(end);
        self.text += &format!("\n… cut at the limit of {limit} KiB, {more} bytes more");
    }
}

/// A place that a diagnostic points to.
struct Span {
    file: String,
    /// Whether rustc has the file's text.
    shows_text: bool,
}

/// Every span in a diagnostic, including those of nested macros. Within a JSON text
/// a quote is always escaped, so the field's name is found nowhere else.
fn spans(diagnostic: &str) -> impl Iterator<Item = Span> {
    const FILE: &str = "\"file_name\":";
    const TEXT: &str = "\"text\":[";
    diagnostic.match_indices(FILE).map(|(at, _)| {
        let rest = &diagnostic[at + FILE.len()..];
        let mut names = serde_json::Deserializer::from_str(rest).into_iter::<String>();
        let text = rest.find(TEXT).map(|at| &rest[at + TEXT.len()..]);
        Span {
            file: names.next().and_then(Result::ok).unwrap_or_default(),
            shows_text: !text.is_some_and(|text| text.starts_with(']')),
        }
    })
}

/// Whether a file belongs to the job: `<anon>` is the text from standard input.
fn is_own(file: &str, dir: &Path) -> bool {
    !file.is_empty() && tokens::own(dir, Path::new(file)).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diagnostic(file: &str, text: &str, rendered: &str) -> String {
        let line = |text: &str| serde_json::json!({ "text": text });
        let text: Vec<_> = (!text.is_empty()).then(|| line(text)).into_iter().collect();
        serde_json::json!({
            "$message_type": "diagnostic", "message": "m", "code": null, "level": "error",
            "spans": [{ "file_name": file, "is_primary": true, "text": text, "label": null }],
            "children": [], "rendered": rendered,
        })
        .to_string()
        // As rustc orders its fields.
        .replace("\"label\":null,", "")
    }

    fn read(raw: &str) -> Said {
        Said::read(raw, 0, Path::new("/jobs/1"))
    }

    #[test]
    fn lines_of_a_file_outside_the_job_are_not_shown() {
        for (file, text, shown) in [
            ("src/lib.rs", "let x", true),
            ("/jobs/1/src/lib.rs", "let x", true),
            ("<anon>", "fn main", true),
            ("src/../rows.rs", "let x", true),
            // Files of which rustc has no text: the standard library, the crates.
            ("/rustc/abc/library/core/src/lib.rs", "", true),
            ("/usr/lib/os-release", "PRETTY", false),
            ("/jobs/2/src/lib.rs", "let x", false),
            ("../2/src/lib.rs", "let x", false),
            ("src/../../2/x.rs", "let x", false),
            ("", "let x", false),
        ] {
            let said = read(&diagnostic(file, text, "PRETTY\n"));
            assert_eq!(said.text.contains("PRETTY"), shown, "{file}");
            assert_eq!(said.text == WITHHELD, !shown, "{file}");
            assert!(!said.doubtful);
        }
    }

    #[test]
    fn a_span_of_a_note_or_of_a_macro_counts_as_well() {
        let inner = diagnostic("/usr/lib/os-release", "PRETTY", "");
        let outer = diagnostic("src/lib.rs", "x", "PRETTY\n");
        let nested = outer.replace("\"children\":[]", &format!("\"children\":[{inner}]"));
        assert_ne!(nested, outer);
        assert_eq!(read(&nested).text, WITHHELD);
        // Text that looks like a span is not one.
        let quoted = diagnostic("src/lib.rs", "x", "\"file_name\":\"/etc/x\",\"text\":[1]\n");
        assert!(read(&quoted).text.contains("/etc/x"));
    }

    #[test]
    fn what_no_line_of_the_submission_stands_behind_is_doubtful() {
        let without = |message: &str| {
            serde_json::json!({ "message": message, "code": null, "level": "error", "spans": [],
                "children": [], "rendered": format!("error: {message}\n\n") })
            .to_string()
        };
        assert!(!read(&without("aborting due to 1 previous error")).doubtful);
        let linking = read(&without("linking with `cc` failed: exit status: 1"));
        assert!(linking.doubtful && linking.machine.is_none());
        let full = read(&without(
            "failed to write: No space left on device (os error 28)",
        ));
        assert!(full.machine.is_some());
        let crash = read("LLVM ERROR: IO failure on output stream: No space left on device\n");
        assert!(crash.doubtful && crash.machine.is_some());
        // A submission may say the same, and means nothing by it.
        let own = diagnostic("src/lib.rs", "x", "error: No space left on device\n");
        assert_eq!((read(&own).doubtful, read(&own).machine), (false, None));
        let code = own.replace("\"code\":null", "\"code\":{\"code\":\"E0786\"}");
        assert!(read(&code).doubtful);
    }

    #[test]
    fn what_is_cut_says_so_and_half_a_diagnostic_is_not_shown() {
        let long = diagnostic("src/lib.rs", "x", &"é".repeat(SHOWN_BYTES));
        let said = read(&long);
        assert!(said.text.ends_with("bytes more") && said.text.len() < SHOWN_BYTES + 100);
        let half = format!(
            "{}\n{{\"message\":\"secret",
            diagnostic("src/lib.rs", "x", "one\n")
        );
        let said = Said::read(&half, 5, Path::new("/jobs/1"));
        assert_eq!(
            said.text,
            "one\n\n… cut at the limit of 64 KiB, 5 bytes more"
        );
        assert!(!said.doubtful);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_borne(text: String, file: String) {
            let _ = read(&text);
            let _ = read(&diagnostic(&file, &text, &text));
            let _ = spans(&format!("\"file_name\":{text}")).count();
        }
    }
}

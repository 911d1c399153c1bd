//! The progress of a build, read from the bar that cargo draws for people.
//!
//! Its main type is [`Progress`]. cargo is told to draw its bar into a pipe; the bar's
//! numbers are exact. A line that is not understood is ignored, and never an error.

use std::io::Read;

use play::text::one_line;

/// The state of a build.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Pieces built.
    pub done: u32,
    /// Pieces to build; 0 while that is unknown.
    pub total: u32,
    /// The current step, in a few words.
    pub words: String,
}

/// The audience that waits for a build.
pub enum Audience<'a> {
    /// People at a terminal: cargo draws for them itself.
    Terminal,
    /// A program, which is told of every step.
    Program(&'a mut (dyn FnMut(Progress) + Send)),
}

impl std::fmt::Debug for Audience<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self {
            Audience::Terminal => "Terminal",
            Audience::Program(_) => "Program",
        })
    }
}

/// The variables that make cargo draw into a pipe.
pub(super) const DRAW: [(&str, &str); 4] = [
    ("CARGO_TERM_PROGRESS_WHEN", "always"),
    ("CARGO_TERM_PROGRESS_WIDTH", "160"),
    ("CARGO_TERM_COLOR", "never"),
    ("CARGO_TERM_VERBOSE", "false"),
];

/// The last lines other than the bar, in case the build fails.
const KEPT: usize = 12;

/// Reads cargo's standard error to its end, reports every step, and returns its complaints.
pub(super) fn follow(mut pipe: impl Read, tell: &mut (dyn FnMut(Progress) + Send)) -> String {
    let mut now = Progress::default();
    let mut complaints: Vec<String> = Vec::new();
    let mut line = Vec::new();
    let mut chunk = [0; 4096];
    while let Ok(length @ 1..) = pipe.read(&mut chunk) {
        for byte in &chunk[..length] {
            if !matches!(byte, b'\r' | b'\n') {
                line.push(*byte);
                continue;
            }
            let text = String::from_utf8_lossy(&std::mem::take(&mut line)).into_owned();
            let text = one_line(text.trim(), 300);
            if let Some(next) = step(&text, &now) {
                if next != now {
                    now = next;
                    tell(now.clone());
                }
            } else if !text.is_empty() {
                complaints.push(text);
                let more = complaints.len().saturating_sub(KEPT);
                complaints.drain(..more);
            }
        }
    }
    complaints.join("; ")
}

/// The progress in a line of cargo's output; `None` if it has none.
fn step(line: &str, now: &Progress) -> Option<Progress> {
    let (verb, rest) = line.split_once(' ')?;
    let rest = rest.trim();
    match verb {
        "Building" => {
            let (numbers, names) = rest.split_once("] ")?.1.split_once(": ")?;
            let (done, total) = numbers.trim().split_once('/')?;
            let first = names.split([',', '.']).next().unwrap_or_default();
            let first = first.split('(').next().unwrap_or_default().trim();
            Some(Progress {
                done: done.parse().ok()?,
                total: total.parse().ok()?,
                words: match first {
                    "" => now.words.clone(),
                    name => format!("compiling {name}"),
                },
            })
        }
        "Compiling" | "Finished" => Some(now.clone()),
        "Downloading" | "Downloaded" | "Updating" | "Locking" | "Blocking" | "Fetch" => {
            Some(Progress {
                words: match verb {
                    "Updating" | "Fetch" => "asking for the crates' versions".to_owned(),
                    "Blocking" => "waiting for another cargo".to_owned(),
                    _ => "downloading crates".to_owned(),
                },
                ..now.clone()
            })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_s_bar_is_read_and_the_rest_is_kept() {
        let drawn = "    Updating the index\n Downloading crates ...\n  Downloaded tokio v1.54.1\n\
            \r    Building [=>       ] 3/80: tokio, syn(build.rs)\r    Building [==>      ] 4/80: serde_core(build), syn\
            \r   Compiling tokio v1.54.1\n    Building [===========>] 79/80: worker...      \r\n\
            error: linker `cc` not found\n  |\n  = note: no such file\nerror: could not compile `worker`\n";
        let mut told = Vec::new();
        let complaints = follow(drawn.as_bytes(), &mut |progress| told.push(progress));
        let at = |done, total, words: &str| Progress {
            done,
            total,
            words: words.to_owned(),
        };
        assert_eq!(
            told,
            [
                at(0, 0, "asking for the crates' versions"),
                at(0, 0, "downloading crates"),
                at(3, 80, "compiling tokio"),
                at(4, 80, "compiling serde_core"),
                at(79, 80, "compiling worker"),
            ]
        );
        assert!(
            complaints.starts_with("error: linker `cc` not found"),
            "{complaints}"
        );
        assert!(
            complaints.ends_with("could not compile `worker`"),
            "{complaints}"
        );
    }

    proptest::proptest! {
        #[test]
        fn the_bar_is_read_whatever_stands_around_it(
            before: Vec<u8>,
            after: Vec<u8>,
            done: u32,
            total: u32,
        ) {
            let bar = format!("\n    Building [=>  ] {done}/{total}: syn, tokio\r");
            let drawn = [&before[..], bar.as_bytes(), &after].concat();
            let mut told = Vec::new();
            let complaints = follow(&drawn[..], &mut |progress| told.push(progress));
            let words = "compiling syn".to_owned();
            let read = Progress { done, total, words };
            proptest::prop_assert!(told.contains(&read), "{told:?}");
            let is_news = told.windows(2).all(|two| two[0] != two[1]);
            proptest::prop_assert!(is_news, "{told:?}");
            proptest::prop_assert!(!complaints.contains(char::is_control), "{complaints}");
        }

        #[test]
        fn what_cargo_does_not_say_is_a_complaint(text in "[a-z \\[\\]/0-9]{1,40}x") {
            let mut told = Vec::new();
            let complaints = follow(format!("{text}\n").as_bytes(), &mut |it| told.push(it));
            proptest::prop_assert_eq!(told, Vec::new());
            proptest::prop_assert_eq!(complaints, text.trim());
        }
    }
}

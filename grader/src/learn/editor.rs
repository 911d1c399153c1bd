//! The link that opens a place in the learner's editor, if the editor has such links.

use std::ffi::OsString;
use std::fmt::Write;
use std::path::Path;

/// Editors by the names that people give them, and the links that they take.
const KNOWN: &[(&str, &str)] = &[
    ("code", "vscode://file{path}:{line}:{column}"),
    ("vscode", "vscode://file{path}:{line}:{column}"),
    ("codium", "vscodium://file{path}:{line}:{column}"),
    ("vscodium", "vscodium://file{path}:{line}:{column}"),
    ("cursor", "cursor://file{path}:{line}:{column}"),
    ("windsurf", "windsurf://file{path}:{line}:{column}"),
    ("zed", "zed://file{path}:{line}:{column}"),
    (
        "idea",
        "idea://open?file={path}&line={line}&column={column}",
    ),
    (
        "rustrover",
        "jetbrains://rustrover/navigate/reference?path={path}:{line}:{column}",
    ),
    ("emacs", "org-protocol://open-file?path={path}&line={line}"),
    ("mvim", "mvim://open?url=file://{path}&line={line}"),
    (
        "sublime",
        "subl://open?url=file://{path}&line={line}&column={column}",
    ),
];

/// How to open a place: a link with `{path}`, `{line}` and `{column}` in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Editor {
    link: String,
}

/// Why a name is not an editor.
#[derive(Debug, thiserror::Error)]
#[error(
    "`{0}` is not a known editor; use one of {known}, `none`, or a link with `{{path}}` and `{{line}}` in it, like `vscode://file{{path}}:{{line}}`",
    known = names()
)]
pub struct NoEditor(String);

fn names() -> String {
    let names: Vec<String> = KNOWN.iter().map(|(name, _)| format!("`{name}`")).collect();
    names.join(", ")
}

impl Editor {
    /// The editor of this name or link; `None` for `none`.
    ///
    /// # Errors
    /// When it is neither.
    pub fn named(name: &str) -> Result<Option<Editor>, NoEditor> {
        if name == "none" {
            return Ok(None);
        }
        let known = KNOWN.iter().find(|(known, _)| *known == name);
        let link = match known {
            Some((_, link)) => *link,
            None if is_link(name) => name,
            None => return Err(NoEditor(play::text::one_line(name, 80))),
        };
        Ok(Some(Editor {
            link: link.to_owned(),
        }))
    }

    /// The editor according to the environment: an editor's own terminal, or `$VISUAL`
    /// and `$EDITOR`.
    pub fn guessed(variable: impl Fn(&str) -> Option<OsString>) -> Option<Editor> {
        let text = |name: &str| variable(name).map(|it| it.to_string_lossy().into_owned());
        let mut names: Vec<String> = Vec::new();
        if text("TERM_PROGRAM").as_deref() == Some("vscode") {
            // Editors derived from it say so as well, and give their own name here.
            let which = text("VSCODE_GIT_ASKPASS_MAIN").unwrap_or_default();
            let which = which.to_lowercase();
            let relatives = ["cursor", "codium", "windsurf"];
            let name = relatives.iter().find(|name| which.contains(**name));
            names.push((*name.unwrap_or(&"vscode")).to_owned());
        }
        if text("TERM_PROGRAM").as_deref() == Some("zed") || text("ZED_TERM").is_some() {
            names.push("zed".to_owned());
        }
        for variable in ["VISUAL", "EDITOR"] {
            let command = text(variable).unwrap_or_default();
            let program = command.split_whitespace().next().unwrap_or_default();
            let program = program.rsplit('/').next().unwrap_or_default();
            names.push(program.to_owned());
        }
        names
            .iter()
            .filter(|name| KNOWN.iter().any(|(known, _)| known == name))
            .find_map(|name| Editor::named(name).ok().flatten())
    }

    /// The link to a place.
    pub fn link(&self, path: &Path, line: u32, column: u32) -> String {
        self.link
            .replace("{path}", &escaped(&path.to_string_lossy()))
            .replace("{line}", &line.to_string())
            .replace("{column}", &column.to_string())
    }
}

/// Whether a link's scheme only shows something and runs nothing.
fn is_link(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "+.-".contains(letter);
    let runs = ["javascript", "data", "vbscript", "blob"];
    scheme.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && scheme.chars().all(plain)
        && !runs.contains(&scheme.to_ascii_lowercase().as_str())
        && rest.contains("{path}")
        && !text.chars().any(char::is_control)
}

/// A path, escaped for a link.
fn escaped(path: &str) -> String {
    let mut text = String::new();
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => {
                text.push(char::from(byte));
            }
            _ => {
                // Writing to a string cannot fail.
                let _ = write!(text, "%{byte:02X}");
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_names_the_place_and_nothing_of_a_path_gets_out_of_it() {
        let editor = Editor::named("code").unwrap().unwrap();
        let path = Path::new("/home/a b/x#?&:.rs");
        assert_eq!(
            editor.link(path, 3, 7),
            "vscode://file/home/a%20b/x%23%3F%26%3A.rs:3:7"
        );
    }

    #[test]
    fn the_environment_tells_of_the_editor_or_does_not() {
        let with = |pairs: &[(&str, &str)]| {
            let pairs: Vec<(String, OsString)> = pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), OsString::from(value)))
                .collect();
            Editor::guessed(move |name| {
                let found = pairs.iter().find(|(known, _)| known == name);
                found.map(|(_, value)| value.clone())
            })
        };
        let named = |name: &str| Editor::named(name).unwrap();
        assert_eq!(with(&[("TERM_PROGRAM", "vscode")]), named("vscode"));
        let cursor = [
            ("TERM_PROGRAM", "vscode"),
            ("VSCODE_GIT_ASKPASS_MAIN", "/opt/Cursor/askpass.js"),
        ];
        assert_eq!(with(&cursor), named("cursor"));
        assert_eq!(with(&[("EDITOR", "/usr/bin/zed --wait")]), named("zed"));
        assert_eq!(with(&[("EDITOR", "vim")]), None);
        assert_eq!(with(&[]), None);
    }

    #[test]
    fn a_name_that_is_not_an_editor_is_refused() {
        assert_eq!(Editor::named("none").unwrap(), None);
        assert!(Editor::named("my+ed://x?{path}").unwrap().is_some());
        for name in [
            "vim",
            "",
            "javascript:alert('{path}')",
            "http://x/",
            ":{path}",
        ] {
            assert!(Editor::named(name).is_err(), "{name}");
        }
    }
}

//! Which of an archive's Rust files make the submission, judged by their names alone.
//!
//! [`Layout::choose`] finds the one crate: `src/lib.rs`, perhaps below one folder, and all under that `src/`; or
//! else the only Rust file there is. It must never pick by a name's place in the archive: two crates are refused.

use std::collections::{BTreeMap, BTreeSet};

use super::CRATE_ROOT;
use super::error::Fault;
use super::name::{plain_file_name, shown};

/// Which files to take: their index in the archive and the path each goes under.
pub(super) type Picks = BTreeMap<usize, String>;

/// The files that make a submission; `root` is one of the paths in `picks`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) root: String,
    pub(super) picks: Picks,
}

impl Layout {
    /// `rust` is every `.rs` file: its index in the archive and its path.
    pub(super) fn choose(rust: &[(usize, String)]) -> Result<Layout, Fault> {
        let roots: Vec<&str> = rust
            .iter()
            .map(|(_, path)| path.as_str())
            .filter(|path| in_crate(path).is_some_and(|(_, inner)| inner == CRATE_ROOT))
            .collect();
        match (roots.as_slice(), rust) {
            ([root], _) => {
                let top = in_crate(root).map(|(top, _)| top);
                let picks = rust.iter().filter_map(|(index, path)| {
                    let (its_top, inner) = in_crate(path)?;
                    (Some(its_top) == top).then(|| (*index, inner.to_owned()))
                });
                let picks: Picks = picks.collect();
                check_for_clashes(&picks)?;
                Ok(Layout {
                    root: CRATE_ROOT.to_owned(),
                    picks,
                })
            }
            ([first, second, ..], _) => Err(Fault::SeveralRoots {
                first: shown(first.as_bytes()),
                second: shown(second.as_bytes()),
            }),
            ([], [(index, path)]) => {
                let root = plain_file_name(path.rsplit('/').next().unwrap_or(path));
                Ok(Layout {
                    picks: BTreeMap::from([(*index, root.clone())]),
                    root,
                })
            }
            ([], []) => Err(Fault::NoRust),
            ([], _) => flat(rust),
        }
    }
}

/// A crate without the folder `src`: a `lib.rs` at the top or one folder down, and all
/// that lies beside it, as if it lay in `src`.
fn flat(rust: &[(usize, String)]) -> Result<Layout, Fault> {
    let mut roots = rust.iter().filter_map(|(_, path)| {
        let folder = path.strip_suffix("lib.rs")?;
        let is_near = folder.is_empty() || folder.find('/') == Some(folder.len() - 1);
        is_near.then_some((folder, path))
    });
    let (Some((folder, root)), another) = (roots.next(), roots.next()) else {
        return Err(Fault::NoRoot);
    };
    if let Some((_, other)) = another {
        return Err(Fault::SeveralRoots {
            first: shown(root.as_bytes()),
            second: shown(other.as_bytes()),
        });
    }
    let picks = rust.iter().filter_map(|(index, path)| {
        let inner = path.strip_prefix(folder)?;
        Some((*index, format!("src/{inner}")))
    });
    let picks: Picks = picks.collect();
    check_for_clashes(&picks)?;
    Ok(Layout {
        root: CRATE_ROOT.to_owned(),
        picks,
    })
}

/// Splits a path into the folder a crate lies in (`""` at the top) and the path from there, if that is in `src/`.
fn in_crate(path: &str) -> Option<(&str, &str)> {
    if path.starts_with("src/") {
        return Some(("", path));
    }
    let (top, inner) = path.split_once('/')?;
    inner.starts_with("src/").then_some((top, inner))
}

/// A path can't be both a file and a folder, though an archive can list it as both.
fn check_for_clashes(picks: &Picks) -> Result<(), Fault> {
    let files: BTreeSet<&str> = picks.values().map(String::as_str).collect();
    for path in &files {
        for (end, _) in path.match_indices('/') {
            if files.contains(&path[..end]) {
                let name = shown(&path.as_bytes()[..end]);
                return Err(Fault::Clash { name });
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose(paths: &[&str]) -> Result<Layout, Fault> {
        let listed = paths.iter().map(|path| (*path).to_owned()).enumerate();
        Layout::choose(&listed.collect::<Vec<_>>())
    }

    fn picks(paths: &[&str]) -> Vec<String> {
        choose(paths).unwrap().picks.into_values().collect()
    }

    #[test]
    fn a_crate_is_found_at_the_top_or_one_folder_down() {
        assert_eq!(
            picks(&["src/lib.rs", "src/a/b.rs", "tests/t.rs", "build.rs"]),
            ["src/lib.rs", "src/a/b.rs"],
        );
        assert_eq!(
            picks(&["hw/build.rs", "hw/src/a.rs", "hw/src/lib.rs"]),
            ["src/a.rs", "src/lib.rs"],
        );
        assert_eq!(choose(&["a/b/src/lib.rs", "x.rs"]), Err(Fault::NoRoot));
    }

    #[test]
    fn files_of_another_folder_are_left_out() {
        assert_eq!(picks(&["hw/src/lib.rs", "other/src/x.rs"]), ["src/lib.rs"]);
    }

    #[test]
    fn two_crates_are_refused_by_their_names() {
        for other in ["b/src/lib.rs", "src/lib.rs"] {
            let (first, second) = ("a/src/lib.rs".to_owned(), other.to_owned());
            let refused = Err(Fault::SeveralRoots { first, second });
            assert_eq!(choose(&["a/src/lib.rs", other]), refused);
        }
    }

    #[test]
    fn a_module_named_src_is_no_second_crate() {
        let paths = ["src/lib.rs", "src/src/lib.rs"];
        assert_eq!(picks(&paths), paths);
    }

    #[test]
    fn the_only_rust_file_is_the_root_under_its_plain_name() {
        let layout = choose(&["deep/down/my hw.rs"]).unwrap();
        assert_eq!(layout.root, "my_hw.rs");
        assert_eq!(layout.picks, BTreeMap::from([(0, "my_hw.rs".to_owned())]));
        assert_eq!(choose(&["a.rs", "b.rs"]), Err(Fault::NoRoot));
        assert_eq!(choose(&[]), Err(Fault::NoRust));
    }

    #[test]
    fn a_crate_without_its_src_is_what_lies_beside_its_root() {
        assert_eq!(
            picks(&["inner.rs", "lib.rs"]),
            ["src/inner.rs", "src/lib.rs"]
        );
        let wrapped = ["hw/lib.rs", "hw/parts/a.rs", "other/b.rs"];
        assert_eq!(picks(&wrapped), ["src/lib.rs", "src/parts/a.rs"]);
        assert_eq!(choose(&["a/b/lib.rs", "c.rs"]), Err(Fault::NoRoot));
        assert!(matches!(
            choose(&["lib.rs", "a/lib.rs"]),
            Err(Fault::SeveralRoots { .. })
        ));
        assert_eq!(choose(&["xlib.rs", "c.rs"]), Err(Fault::NoRoot));
    }

    #[test]
    fn a_file_that_is_also_a_folder_is_refused() {
        let name = "src/a.rs".to_owned();
        let chosen = choose(&["src/lib.rs", "src/a.rs/b/c.rs", "src/a.rs"]);
        assert_eq!(chosen, Err(Fault::Clash { name }));
    }
}

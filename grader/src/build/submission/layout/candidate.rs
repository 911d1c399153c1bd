//! The candidates for the wanted crate, and the choice among them.
//!
//! Its main type is [`Candidate`]: a root file with the folder it lies in. They are compared by their names; two
//! that rank the same are refused, never told apart by their order.

use crate::build::submission::error::Fault;
use crate::build::submission::name::shown;
use crate::build::submission::wanted::{Named, Wanted};

/// Folders of a crate whose code is not part of its library.
const ASIDE: [&str; 3] = ["tests", "examples", "benches"];

/// A root file and its folder.
#[derive(Debug, Clone)]
pub(super) struct Candidate<'a> {
    /// The folder of the root file, `""` at the top.
    pub(super) folder: &'a str,
    /// The root file's path.
    pub(super) root: &'a str,
    /// Whether only this file counts.
    pub(super) lone: bool,
    worth: Worth,
}

/// The criteria, the most important first; more is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Worth {
    /// It lies in a folder where no library lies.
    not_aside: bool,
    named: Named,
    /// It lies in `exercises` of a whole course, where a learner works.
    in_exercises: bool,
    not_in_solutions: bool,
    form: Form,
}

/// How a crate is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Form {
    /// A root file named after the drill, with modules beside it.
    NamedFlat,
    MainFlat,
    LibraryFlat,
    Named,
    Main,
    Library,
}

impl<'a> Candidate<'a> {
    pub(super) fn named(&self) -> Named {
        self.worth.named
    }

    /// Whether its root lies in a folder `src`.
    pub(super) fn is_crate(&self) -> bool {
        self.worth.form >= Form::Named
    }

    /// Whether its root is named after the drill.
    pub(super) fn is_named(&self) -> bool {
        matches!(self.worth.form, Form::Named | Form::NamedFlat)
    }

    /// The folder that holds `src`, or else the root.
    pub(super) fn home(&self) -> &'a str {
        match self.is_crate() {
            true => parent(self.folder),
            false => self.folder,
        }
    }

    /// Whether a path lies in the folder that holds `src`.
    pub(super) fn holds(&self, path: &str) -> bool {
        is_below(path, self.home())
    }

    fn new(root: &'a str, wanted: &Wanted<'_>) -> Option<Candidate<'a>> {
        let (folder, name) = root.rsplit_once('/').unwrap_or(("", root));
        let in_src = last(folder).eq_ignore_ascii_case("src");
        let by_name = wanted.stem_named(root) == Named::Whole;
        let form = match (&*name.to_ascii_lowercase(), in_src) {
            ("lib.rs", true) => Form::Library,
            ("lib.rs", false) => Form::LibraryFlat,
            ("main.rs", true) => Form::Main,
            ("main.rs", false) => Form::MainFlat,
            (_, true) if by_name => Form::Named,
            (_, false) if by_name => Form::NamedFlat,
            _ => return None,
        };
        let home = if in_src { parent(folder) } else { folder };
        let named = match by_name {
            true => Named::Whole,
            false => folder_named(home, wanted),
        };
        Some(Candidate {
            folder,
            root,
            lone: false,
            worth: Worth::of(home, named, form),
        })
    }
}

impl Worth {
    fn of(home: &str, named: Named, form: Form) -> Worth {
        let is_in = |name: &str| home.split('/').any(|part| part == name);
        Worth {
            not_aside: !ASIDE.into_iter().any(is_in),
            named,
            in_exercises: is_in("exercises"),
            not_in_solutions: !is_in("solutions"),
            form,
        }
    }
}

/// Every crate that may be meant, one for each folder.
pub(super) fn all<'a>(rust: &[&'a str], wanted: &Wanted<'_>) -> Vec<Candidate<'a>> {
    let mut all: Vec<Candidate<'a>> = Vec::new();
    for root in rust {
        let Some(next) = Candidate::new(root, wanted) else {
            continue;
        };
        match all.iter_mut().find(|it| it.folder == next.folder) {
            // Two roots named after the drill: neither is the other's module.
            Some(before) if before.is_named() && next.is_named() => all.push(next),
            // `lib.rs` is preferred to `LIB.RS`, which comes before it.
            Some(before) if rank(before) <= rank(&next) => *before = next,
            Some(_) => {}
            None => all.push(next),
        }
    }
    let part = |it: &Candidate<'_>, other: &Candidate<'_>| {
        let own = !std::ptr::eq(it, other) && other.is_crate();
        let in_src = it.folder != other.folder && is_below(it.folder, other.folder);
        own && (in_src || (!it.is_crate() && other.holds(it.root)))
    };
    let parts: Vec<bool> = all
        .iter()
        .map(|it| all.iter().any(|other| part(it, other)))
        .collect();
    let mut parts = parts.into_iter();
    all.retain(|_| parts.next() == Some(false));
    all
}

/// Among roots in one folder: in a crate without `src`, the one named after the drill is preferred to a
/// program that tries it out.
fn rank(it: &Candidate<'_>) -> u8 {
    match it.worth.form {
        Form::Library | Form::LibraryFlat => 3,
        Form::NamedFlat => 2,
        Form::Main | Form::MainFlat => 1,
        Form::Named => 0,
    }
}

/// The candidate that is meant.
pub(super) fn best<'a>(all: &[Candidate<'a>]) -> Result<Option<Candidate<'a>>, Fault> {
    let Some(worth) = all.iter().map(|it| it.worth).max() else {
        return Ok(None);
    };
    let equal = || all.iter().filter(|it| it.worth == worth);
    // A `lib.rs` below another one is its module.
    let outermost = |it: &&Candidate<'a>| {
        !equal().any(|other| {
            other.folder != it.folder && !it.is_crate() && is_below(it.folder, other.folder)
        })
    };
    let mut outermost = equal().filter(outermost);
    match (outermost.next(), outermost.next()) {
        (Some(first), Some(second)) => Err(match first.is_crate() {
            true => Fault::SeveralRoots {
                first: shown(first.root.as_bytes()),
                second: shown(second.root.as_bytes()),
            },
            false => several(first.root, second.root),
        }),
        (first, _) => Ok(first.cloned()),
    }
}

/// The only Rust file that belongs to no test or build; or else the only one whose name contains the drill's.
pub(super) fn lone<'a>(
    rust: &[&'a str],
    wanted: &Wanted<'_>,
) -> Result<Option<Candidate<'a>>, Fault> {
    // A file in `src` is not a root, not even for Cargo.
    let of_library = |path: &&&'a str| {
        let mut parts = path.split('/');
        let in_crate = |part| part == "src" || ASIDE.contains(&part);
        last(path) != "build.rs" && !parts.any(in_crate)
    };
    let own: Vec<&str> = rust.iter().filter(of_library).copied().collect();
    let named = |path: &&&str| wanted.stem_named(path) == Named::InPart;
    let mut of_drill = own.iter().filter(named);
    let only: &'a str = match (&*own, of_drill.next(), of_drill.next()) {
        ([only], ..) | (_, Some(only), None) => only,
        (_, Some(first), Some(second)) => return Err(several(first, second)),
        ([first, second, ..], ..) => return Err(several(first, second)),
        _ => return Ok(None),
    };
    let folder = only.rsplit_once('/').map_or("", |(folder, _)| folder);
    let named = wanted.stem_named(only).max(folder_named(folder, wanted));
    Ok(Some(Candidate {
        folder,
        root: only,
        lone: true,
        worth: Worth::of(folder, named, Form::NamedFlat),
    }))
}

fn several(first: &str, second: &str) -> Fault {
    Fault::Several {
        first: shown(first.as_bytes()),
        second: shown(second.as_bytes()),
    }
}

/// How the innermost folder that names a drill names it.
fn folder_named(folder: &str, wanted: &Wanted<'_>) -> Named {
    let names = folder.rsplit('/').map(|part| wanted.named(part));
    let mut telling = names.filter(|named| *named != Named::None);
    telling.next().unwrap_or(Named::None)
}

fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

/// Whether a path is `folder` or lies below it.
fn is_below(path: &str, folder: &str) -> bool {
    folder.is_empty()
        || path
            .strip_prefix(folder)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

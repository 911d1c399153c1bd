//! A container of files: a folder, an archive, or files that were uploaded together. All are read in the same way.
//!
//! Its main type is [`Container`]. [`gather`] lists one, chooses files by their names, takes them and then the
//! files that they include. So the same content gets the same verdict, however it is wrapped.

use std::io::Read;

use super::archive::{Archive, take_entry, whole};
use super::caps::Caps;
use super::error::Fault;
use super::included;
use super::layout::{self, Choice, Layout, Picks};
use super::listing::Listing;
use super::name::shown;
use super::sources::{Sources, Stop, Tree};
use super::wanted::Wanted;

/// Archives that may lie one within another, the outermost not counted.
const NESTED: u32 = 2;

/// Told of each file that was picked: the path it goes under, its size as stated, and its bytes.
pub(super) type Take<'a> = dyn FnMut(&str, u64, &mut dyn Read) -> Result<(), Fault> + 'a;

/// Something with files in it.
pub(super) trait Container {
    /// Lists everything in it, in an order that stays the same.
    fn list(&mut self, listing: &mut Listing) -> Result<(), Stop>;

    /// Takes the files picked from the listing.
    fn take(&mut self, picks: &Picks, take: &mut Take<'_>) -> Result<(), Stop>;
}

/// The submission that is wanted in `container`.
pub(super) fn gather(
    container: &mut dyn Container,
    wanted: &Wanted<'_>,
    caps: &Caps,
) -> Result<Tree, Stop> {
    nested(container, wanted, caps, NESTED)
}

fn nested(
    container: &mut dyn Container,
    wanted: &Wanted<'_>,
    caps: &Caps,
    depth: u32,
) -> Result<Tree, Stop> {
    let mut listing = Listing::new(caps);
    container.list(&mut listing)?;
    let choice = match layout::choose(&listing, wanted) {
        Ok(choice) => choice,
        Err(fault) => {
            listing.complete("")?;
            return Err(fault.into());
        }
    };
    match choice {
        Choice::Crate(layout) => {
            listing.complete(layout.folder())?;
            let tree = read(container, &listing, &layout, caps)?;
            match is_untouched(&tree, &layout, wanted) {
                true => Ok(beside(container, &listing, &layout, wanted, caps)?.unwrap_or(tree)),
                false => Ok(tree),
            }
        }
        Choice::Archive(_) if depth == 0 => Err(Fault::TooNested.into()),
        Choice::Archive(path) => {
            let index = listing.take(&path)?;
            let bytes = inner(container, index, caps)?;
            let mut archive = Archive::open(&bytes, caps)?;
            nested(&mut archive, wanted, caps, depth - 1)
        }
    }
}

/// Whether a crate is the drill's as the course ships it.
fn is_untouched(tree: &Tree, layout: &Layout, wanted: &Wanted<'_>) -> bool {
    let root = tree.files.get(&tree.root).filter(|_| tree.files.len() == 1);
    let is_stub = |text: &String| {
        let mut shipped = wanted.shipped.iter();
        shipped.any(|stub| stub.path == layout.root && stub.is(text))
    };
    root.is_some_and(is_stub)
}

/// The file in another language beside an untouched stub that is one no more: the drill's folder
/// has a stub in each.
fn beside(
    container: &mut dyn Container,
    listing: &Listing,
    layout: &Layout,
    wanted: &Wanted<'_>,
    caps: &Caps,
) -> Result<Option<Tree>, Stop> {
    let mut found: Option<(String, Tree)> = None;
    for stub in wanted.shipped.iter().filter(|it| !it.language.is_rust()) {
        let path = match &*layout.place {
            "" => stub.path.clone(),
            place => format!("{place}/{}", stub.path),
        };
        if !listing.interpreted().any(|it| it == path) {
            continue;
        }
        let tree = read(container, listing, &layout::file(listing, &path)?, caps)?;
        if tree.files.values().any(|text| stub.is(text)) {
            continue;
        }
        if let Some((first, _)) = found {
            let [first, second] = [first, path].map(|it| shown(it.as_bytes()));
            return Err(Fault::Several { first, second }.into());
        }
        found = Some((path, tree));
    }
    Ok(found.map(|(_, tree)| tree))
}

/// The bytes of an inner archive.
fn inner(
    container: &mut dyn Container,
    index: Option<usize>,
    caps: &Caps,
) -> Result<Vec<u8>, Stop> {
    let mut bytes = Vec::new();
    let picks = index
        .map(|index| (index, String::new()))
        .into_iter()
        .collect();
    container.take(
        &picks,
        &mut |_, stated, from| match whole(from, stated, caps.archive_bytes) {
            Ok(all) => {
                bytes = all;
                Ok(())
            }
            Err(Stop::Fault(fault)) => Err(fault),
            Err(Stop::Io { why, .. }) => Err(Fault::damaged(why)),
        },
    )?;
    Ok(bytes)
}

fn read(
    container: &mut dyn Container,
    listing: &Listing,
    layout: &Layout,
    caps: &Caps,
) -> Result<Tree, Stop> {
    let mut sources = Sources::with_root(&layout.root, caps);
    let mut take = |picks: &Picks, sources: &mut Sources<'_>| {
        container.take(picks, &mut |path, stated, from| {
            take_entry(sources, path, stated, from)
        })
    };
    sources.expect(layout.picks.values())?;
    take(&layout.picks, &mut sources)?;
    let mut picks = Picks::new();
    for path in included::by(sources.files()) {
        // If a file is missing or not a plain file, rustc says so where it is used.
        let origin = layout.origin(&path);
        let index = origin.and_then(|origin| listing.take(&origin).ok().flatten());
        if let Some(index) = index {
            picks.insert(index, path);
        }
    }
    if !picks.is_empty() {
        take(&picks, &mut sources)?;
    }
    Ok(sources.into_tree(&layout.root)?)
}

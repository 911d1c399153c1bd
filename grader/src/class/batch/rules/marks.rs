//! Marks of the sources that decide verdicts, one for each drill and language, so that a
//! change to one does not grade the others again.
//!
//! The main function is [`marks`]. The build script calls it, so it uses nothing of
//! the grader.

use std::collections::{BTreeMap, BTreeSet};

/// One file, by its path from the grader's package.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// With `/` between its parts.
    pub(crate) place: String,
    /// Its content.
    pub(crate) text: String,
}

/// Sources that only report, show, store or list decisions, and sources that only test them.
const DECIDES_NOTHING: [&str; 12] = [
    "src/app",
    "src/authors",
    "src/class",
    "src/drills",
    "src/drive/interrupt",
    "src/exam/trace",
    "src/grade/feedback",
    "src/grade/grading/begun",
    "src/grade/latency",
    "src/grade/report",
    "src/learn",
    "src/main",
];

/// The folders of the hidden tests and of the worlds.
const DRILLS: &str = "src/drills/";
const WORLDS: &str = "play/src/world/";

/// The folder that a language's part of a drill lies in, as `Language::folder` says, and where
/// the sources are that only it needs.
const LANGUAGES: [(&str, &[&str]); 3] = [
    (
        "",
        &[
            "worker/src/",
            "../exercises/kit/src/",
            "src/build/compile",
            "src/build/prepared",
        ],
    ),
    (
        "python",
        &[
            "workers/python/",
            "../exercises/kit/python/",
            "src/build/python",
        ],
    ),
    (
        "node",
        &["workers/node/", "../exercises/kit/node/", "src/build/node"],
    ),
];

/// What a drill calls in each language.
const CONTRACTS: [(&str, &str); 3] = [
    ("", "/contract.rs"),
    ("python", "/contract.py"),
    ("node", "/contract.js"),
];

/// The mark of each drill in each language, `SLUG` or `SLUG/LANGUAGE`: of its own files, of
/// the worlds that they name, of what only that language needs, and of all files that belong
/// to no drill, no world and no language. Other files in the folder of drills belong to all
/// drills.
pub(crate) fn marks(sources: &[Source]) -> BTreeMap<String, u64> {
    let drills: BTreeSet<&str> = sources
        .iter()
        .filter_map(|source| {
            source
                .place
                .strip_prefix(DRILLS)?
                .strip_suffix("/contract.rs")
        })
        .collect();
    let mut deciding: Vec<&Source> = sources.iter().filter(|it| decides(&it.place)).collect();
    deciding.sort_by(|one, other| one.place.cmp(&other.place));
    let mark = |drill: &str, language: &str| {
        let own = |source: &&&Source| name_in(DRILLS, &source.place) == Some(drill);
        let own: String = deciding.iter().filter(own).map(|it| &*it.text).collect();
        let named = worlds_in(&own);
        let counts = |source: &&&Source| match name_in(DRILLS, &source.place) {
            Some(other) if drills.contains(other) => other == drill,
            _ => match name_in(WORLDS, &source.place) {
                // It has some world; if it names none, it may be any.
                Some(world) => named.is_empty() || named.contains(world),
                None => true,
            },
        };
        let speaks = |source: &&&Source| language_of(&source.place).is_none_or(|it| it == language);
        fingerprint(deciding.iter().filter(counts).filter(speaks).copied())
    };
    let each = drills
        .iter()
        .flat_map(|drill| LANGUAGES.map(|(language, _)| (*drill, language)));
    each.map(|(drill, language)| {
        let name = match language {
            "" => drill.to_owned(),
            language => format!("{drill}/{language}"),
        };
        (name, mark(drill, language))
    })
    .collect()
}

/// The language that alone needs a file, if there is one.
fn language_of(place: &str) -> Option<&'static str> {
    let (language, _) = LANGUAGES
        .iter()
        .find(|(_, places)| places.iter().any(|it| place.starts_with(it)))
        .or_else(|| {
            let (of_contract, _) = CONTRACTS
                .iter()
                .find(|(_, name)| place.starts_with(DRILLS) && place.ends_with(name))?;
            LANGUAGES
                .iter()
                .find(|(language, _)| language == of_contract)
        })?;
    Some(language)
}

/// Whether a file can change a verdict.
fn decides(place: &str) -> bool {
    let place = place.strip_suffix(".rs").unwrap_or(place);
    !DECIDES_NOTHING.iter().any(|nothing| {
        let rest = place.strip_prefix(nothing);
        // `drills.rs` only lists the drills; the files in the folder decide.
        rest.is_some_and(|rest| {
            rest.is_empty() || rest.starts_with('/') && *nothing != "src/drills"
        })
    })
}

/// The name right below a folder that a file belongs to: the file's own, or that of the
/// folder it lies in.
fn name_in<'a>(folder: &str, place: &'a str) -> Option<&'a str> {
    let inner = place.strip_prefix(folder)?;
    let name = inner.split('/').next()?;
    Some(name.strip_suffix(".rs").unwrap_or(name))
}

/// The worlds that a text names: `world::users`, or `world::{bank, users::Users}`.
fn worlds_in(text: &str) -> BTreeSet<&str> {
    let mut worlds = BTreeSet::new();
    for (at, path) in text.match_indices("world::") {
        let rest = &text[at + path.len()..];
        let named = match rest.strip_prefix('{') {
            Some(list) => list.split_once(';').map_or(list, |(list, _)| list),
            None => rest.split([':', ';', ',']).next().unwrap_or(rest),
        };
        let words = named.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
        // Types begin with a capital.
        worlds.extend(words.filter(|word| word.starts_with(char::is_lowercase)));
    }
    worlds
}

/// FNV-1a: a change has to show, and nobody gains by hiding one from themselves.
fn fingerprint<'a>(sources: impl Iterator<Item = &'a Source>) -> u64 {
    let mut mark: u64 = 0xcbf2_9ce4_8422_2325;
    for Source { place, text } in sources {
        let bytes = place.bytes().chain([0]).chain(text.bytes()).chain([0]);
        for byte in bytes {
            mark = (mark ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    mark
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two drills of one world, one of another, one that names both.
    const FILES: [(&str, &str); 16] = [
        (
            "src/drills.rs",
            "mod race; mod fix; mod hash; mod both; mod common;",
        ),
        ("src/drills/common.rs", "what every drill demands"),
        ("src/drills/race.rs", "use play::world::users::Users;"),
        ("src/drills/race/contract.rs", "get_user"),
        ("src/drills/race/rules.rs", "one fetch"),
        (
            "src/drills/fix.rs",
            "use play::world::World;\nuse play::world::users::{ID, Users};",
        ),
        ("src/drills/fix/contract.rs", "get_user"),
        ("src/drills/hash.rs", "use super::Drill;"),
        ("src/drills/hash/contract.rs", "hash"),
        (
            "src/drills/hash/rules.rs",
            "use play::world::passwords::max_parallel;",
        ),
        (
            "src/drills/both.rs",
            "use play::world::{World, users::{ID, Users}, passwords};",
        ),
        ("src/drills/both/contract.rs", "both"),
        ("play/src/world/users.rs", "rows"),
        ("play/src/world/passwords.rs", "texts"),
        ("play/src/world.rs", "worlds"),
        ("src/learn/desk.rs", "shows"),
    ];

    fn sources() -> Vec<Source> {
        let source = |(place, text): &(&str, &str)| Source {
            place: (*place).to_owned(),
            text: (*text).to_owned(),
        };
        FILES.iter().map(source).collect()
    }

    /// The drills whose marks change when the file at `place` does.
    #[track_caller]
    fn changed_by(place: &str) -> Vec<String> {
        let (before, mut sources) = (marks(&sources()), sources());
        match sources.iter_mut().find(|source| source.place == place) {
            Some(source) => source.text.push_str("; and more"),
            None => sources.push(Source {
                place: place.to_owned(),
                text: "new".to_owned(),
            }),
        }
        let after = marks(&sources);
        let other = |drill: &&String| before.get(*drill) != after.get(*drill);
        let changed = after.keys().filter(other).cloned();
        let mut changed: Vec<String> = changed.collect();
        // A drill is told by its name alone where all its languages are meant.
        let all = |drill: &String, changed: &[String]| {
            let languages = ["/node", "/python"].map(|it| format!("{drill}{it}"));
            languages.iter().all(|it| changed.contains(it))
        };
        let whole = changed.iter().filter(|it| all(it, &changed)).cloned();
        for drill in whole.collect::<Vec<_>>() {
            changed.retain(|it| *it == drill || !it.starts_with(&format!("{drill}/")));
        }
        changed
    }

    const ALL: [&str; 4] = ["both", "fix", "hash", "race"];

    fn in_language(language: &str) -> [String; 4] {
        ALL.map(|drill| format!("{drill}{language}"))
    }

    #[test]
    fn mending_one_drill_leaves_the_others_marks() {
        assert_eq!(marks(&sources()).len(), 3 * ALL.len());
        assert_eq!(changed_by("src/drills/race.rs"), ["race"]);
        assert_eq!(changed_by("src/drills/race/rules.rs"), ["race"]);
        assert_eq!(changed_by("src/drills/hash/later.rs"), ["hash"]);
        // A new drill has a mark of its own, even if its name begins like another's.
        assert_eq!(changed_by("src/drills/racecar/contract.rs"), ["racecar"]);
    }

    #[test]
    fn a_world_is_that_of_the_drills_that_name_it() {
        assert_eq!(
            changed_by("play/src/world/users.rs"),
            ["both", "fix", "race"]
        );
        assert_eq!(changed_by("play/src/world/passwords.rs"), ["both", "hash"]);
        assert_eq!(
            changed_by("play/src/world/passwords/texts.rs"),
            ["both", "hash"]
        );
        assert_eq!(changed_by("play/src/world/elsewhere.rs"), [""; 0]);
    }

    #[test]
    fn what_is_common_is_of_all_and_what_only_shows_of_none() {
        for place in [
            "src/drills/common.rs",
            "src/drills/new_rules_of_all.rs",
            "src/exam.rs",
            "src/exam/flood.rs",
            "src/grade/grading.rs",
            "src/apprentice.rs",
            "play/src/world.rs",
            "play/src/space.rs",
            "protocol/src/lib.rs",
            "src/build/interpreted.rs",
        ] {
            assert_eq!(changed_by(place), ALL, "{place}");
        }
        for place in [
            "src/app.rs",
            "src/app/cli.rs",
            "src/class/batch/run.rs",
            "src/drills.rs",
            "src/authors/scaffold/begun.rs",
            "src/exam/trace.rs",
            "src/exam/trace/frame.rs",
            "src/grade/report/human.rs",
            "src/learn/desk.rs",
            "src/main.rs",
        ] {
            assert_eq!(changed_by(place), [""; 0], "{place}");
        }
    }

    #[test]
    fn what_one_language_needs_is_only_of_that() {
        for (language, places) in [
            (
                "",
                [
                    "worker/src/gate.rs",
                    "../exercises/kit/src/db.rs",
                    "src/build/compile.rs",
                ],
            ),
            (
                "/node",
                [
                    "workers/node/run.js",
                    "../exercises/kit/node/kit.mjs",
                    "src/build/node.rs",
                ],
            ),
            (
                "/python",
                [
                    "workers/python/run.py",
                    "../exercises/kit/python/kit.py",
                    "src/build/python.rs",
                ],
            ),
        ] {
            for place in places {
                assert_eq!(changed_by(place), in_language(language), "{place}");
            }
        }
        for (language, file) in [("", "rs"), ("/node", "js"), ("/python", "py")] {
            let place = format!("src/drills/race/contract.{file}");
            assert_eq!(changed_by(&place), [format!("race{language}")]);
        }
    }

    #[test]
    fn a_drill_that_names_no_world_may_be_in_any() {
        let mut sources = sources();
        sources.retain(|source| source.place != "src/drills/hash/rules.rs");
        let before = marks(&sources);
        for source in &mut sources {
            if source.place == "play/src/world/users.rs" {
                source.text.push_str("; and more");
            }
        }
        assert_ne!(before["hash"], marks(&sources)["hash"]);
    }

    #[test]
    fn the_order_in_which_files_are_found_says_nothing() {
        let mut turned = sources();
        turned.reverse();
        assert_eq!(marks(&turned), marks(&sources()));
    }
}

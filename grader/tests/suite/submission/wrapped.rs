//! However the same files are wrapped, the same ones are taken, or they are refused for the same reason.

use std::collections::BTreeMap;

use grader::build::submission::{Shipped, place_within};

use crate::courses::{real, root};

use super::*;

/// The files of a hand-in.
type Tree = BTreeMap<String, Vec<u8>>;

const DRILLS: [&str; 2] = ["cache_race", "offload"];

/// A student's files: a crate of some shape, or something else.
const SHAPES: [&[&str]; 14] = [
    &["src/lib.rs"],
    &["src/lib.rs", "src/a.rs", "src/a/b.rs", "Cargo.toml"],
    &["src/main.rs", "src/cache.rs"],
    &[
        "src/lib.rs",
        "src/main.rs",
        "src/bin/try.rs",
        "tests/public.rs",
    ],
    &["lib.rs", "helper.rs"],
    &["main.rs", "cache_race.rs", "helper.rs"],
    &["cache_race.rs"],
    &["my cache_race.rs", "notes.rs", "build.rs"],
    &["SRC/LIB.RS", "SRC/Helper.RS"],
    &["cache_race/src/lib.rs", "offload/src/lib.rs", "src/lib.rs"],
    &[
        "exercises/cache_race/src/lib.rs",
        "exercises/kit/src/lib.rs",
        "solutions/cache_race/src/lib.rs",
    ],
    &["a/src/lib.rs", "b/src/lib.rs"],
    &["one.rs", "two.rs"],
    &["README.md"],
];

/// Files beside it that do not count.
const LITTER: [&str; 12] = [
    ".git/HEAD",
    ".git/hooks/pre-commit.rs",
    ".DS_Store",
    "src/._lib.rs",
    "__MACOSX/._src/lib.rs",
    "target/debug/build/out.rs",
    "target/src/lib.rs",
    "node_modules/x/lib.rs",
    "report.pdf",
    "notes/plan.md",
    "Cargo.lock",
    "src/data/words.txt",
];

const FOLDERS: [&str; 7] = [
    "hw",
    "Übung 1",
    "exercises",
    "cache_race",
    "course-main",
    "a b",
    "submission_1",
];

fn trees() -> impl Strategy<Value = Tree> {
    let text = prop_oneof![
        8 => "[a-z {}\n]{0,40}".prop_map(String::into_bytes),
        2 => Just(b"include_str!(\"../README.md\"); include_bytes!(\"data/words.txt\");".to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..8),
    ];
    let litter = prop::sample::subsequence(LITTER.to_vec(), 0..=LITTER.len());
    let wrapper = prop::collection::vec(prop::sample::select(FOLDERS.to_vec()), 0..4);
    (
        0..SHAPES.len(),
        litter,
        wrapper,
        any::<bool>(),
        prop::collection::vec(text, 20),
    )
        .prop_map(|(shape, litter, wrapper, readme, texts)| {
            let readme = readme.then_some("README.md");
            let names = SHAPES[shape].iter().chain(&litter).copied().chain(readme);
            let outer: String = wrapper.iter().map(|folder| format!("{folder}/")).collect();
            let named = names.map(|name| format!("{outer}{name}"));
            named.zip(texts).collect()
        })
}

/// Every way to wrap a tree.
fn wrapped(desk: &Desk, tree: &Tree, seed: usize) -> Vec<String> {
    for (name, bytes) in tree {
        desk.put(&format!("folder/{name}"), bytes);
    }
    // An archive may list its files in any order.
    let mut files: Vec<(&str, &[u8])> = tree
        .iter()
        .map(|(name, bytes)| (&**name, &**bytes))
        .collect();
    let turn = seed % files.len();
    files.rotate_left(turn);
    if seed.is_multiple_of(2) {
        files.reverse();
    }
    let entries: Vec<_> = files
        .iter()
        .map(|(name, bytes)| (name.as_bytes(), EntryType::Regular, *bytes))
        .collect();
    let tar = tar_of(&entries);
    let zip = zip_of(&files);
    for (name, packing) in [
        ("a.tar", "plain"),
        ("b.tar.gz", "gzip"),
        ("c.tar.xz", "xz"),
        ("d.tar.zst", "zstd"),
        ("e.tar.bz2", "bzip2"),
    ] {
        desk.put(name, packed(packing, &tar));
    }
    let backslashes: Vec<(String, &[u8])> = files
        .iter()
        .map(|(name, bytes)| (name.replace('/', "\\"), *bytes))
        .collect();
    let backslashes: Vec<(&str, &[u8])> = backslashes
        .iter()
        .map(|(name, bytes)| (&**name, *bytes))
        .collect();
    desk.put("f.zip", zip_of(&backslashes));
    desk.put("g.7z", seven_zip(&files));
    desk.put("h.zip", zip_of(&[("inner.zip", &zip)]));
    desk.put("i/hand in.zip", &zip);
    desk.put("j.zip", zip);
    let names = [
        "a.tar",
        "b.tar.gz",
        "c.tar.xz",
        "d.tar.zst",
        "e.tar.bz2",
        "f.zip",
        "g.7z",
        "h.zip",
        "i",
        "j.zip",
    ];
    names.into_iter().map(str::to_owned).collect()
}

/// The result of reading one: everything written for rustc, or the reason why not.
fn outcome(desk: &Desk, name: &str, wanted: &Wanted<'_>) -> Result<(String, String, Tree), String> {
    let path = desk.path(name);
    match Submission::read_for(&path, wanted, &Caps::default()) {
        Ok(submission) => {
            let out = Desk::new();
            submission.write_to(out.0.path()).expect("it is ours");
            let root = submission.root_file().to_owned();
            Ok((root, submission.sha256().to_owned(), read_back(&out)))
        }
        Err(error) => {
            assert!(error.is_rejection(), "{error}");
            let said = error.to_string();
            let (_, why) = said.split_once("` ").expect("it names a path");
            Err(why.to_owned())
        }
    }
}

fn read_back(desk: &Desk) -> Tree {
    let mut tree = Tree::new();
    let mut folders = vec![desk.path("")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => {
                    let name = path.strip_prefix(desk.path("")).unwrap();
                    tree.insert(name.display().to_string(), fs::read(&path).unwrap());
                }
            }
        }
    }
    tree
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn the_same_files_are_read_alike_however_they_are_wrapped(
        tree in trees(),
        drill in prop::option::of(prop::sample::select(DRILLS.to_vec())),
        seed in any::<usize>(),
    ) {
        let desk = Desk::new();
        let wanted = Wanted { drill, drills: &DRILLS, shipped: &[] };
        let names = wrapped(&desk, &tree, seed);
        let first = outcome(&desk, "folder", &wanted);
        // Unchanged where it was found by its name.
        if let Ok(place) = place_within(&desk.path("folder"), &wanted) {
            let place = place.strip_prefix(desk.path("")).expect("it lies there").to_owned();
            let there = outcome(&desk, &place.to_string_lossy(), &wanted);
            let code = |outcome: Result<(String, String, Tree), String>| outcome.map(|it| it.1).ok();
            prop_assert_eq!(code(there), code(first.clone()), "{}", place.display());
        }
        for name in names {
            prop_assert_eq!(&outcome(&desk, &name, &wanted), &first, "{}", name);
        }
    }
}

#[test]
fn the_trees_are_taken_and_refused() {
    // The comparison is worth little if everything is refused.
    let desk = Desk::new();
    let mut taken = 0;
    for (at, shape) in SHAPES.iter().enumerate() {
        for name in *shape {
            desk.put(&format!("{at}/hw/{name}"), "");
        }
        let wanted = Wanted {
            drill: Some("cache_race"),
            drills: &DRILLS,
            shipped: &[],
        };
        taken += usize::from(outcome(&desk, &at.to_string(), &wanted).is_ok());
    }
    assert_eq!(taken, SHAPES.len() - 3);
}

#[test]
fn a_file_that_the_code_includes_comes_along_and_nothing_else() {
    let desk = Desk::new();
    let code = b"pub const README: &str = include_str!(\"../README.md\");\n\
        pub const WORDS: &[u8] = include_bytes!(\"data/words.bin\");\n\
        pub const OTHER: &str = include_str!(\"../../secret.txt\");\n";
    let files: &[(&str, &[u8])] = &[
        ("hw/src/lib.rs", code),
        ("hw/README.md", b"read me"),
        ("hw/src/data/words.bin", b"\xff\0"),
        ("hw/LICENSE", b""),
        ("secret.txt", b"secret"),
    ];
    desk.put("hw.zip", zip_of(files));
    desk.put("hw.tgz", tar_gz(files));
    for (name, bytes) in files {
        desk.put(&format!("class/{name}"), bytes);
    }
    for name in ["hw.zip", "hw.tgz", "class", "class/hw"] {
        let (_, _, tree) = outcome(&desk, name, &Wanted::default()).unwrap();
        let names: Vec<&String> = tree.keys().collect();
        assert_eq!(
            names,
            ["README.md", "src/data/words.bin", "src/lib.rs"],
            "{name}"
        );
    }
}

#[test]
fn files_that_were_uploaded_one_by_one_are_one_crate() {
    let desk = Desk::new();
    let put = |place: &str, name: &str, text: &str| grader::build::submission::Part {
        name: name.to_owned(),
        path: desk.put(place, text),
    };
    let parts = [
        put("ada_1_1_cache_race.rs", "cache_race.rs", "mod helper;"),
        put("ada_1_2_helper.rs", "helper.rs", "// help"),
        put("ada_1_3_offload.rs", "offload.rs", "// another drill's"),
    ];
    let wanted = Wanted {
        drill: Some("cache_race"),
        drills: &DRILLS,
        shipped: &[],
    };
    let path = &parts[0].path;
    let read = Submission::read_parts(path, &parts, &wanted, &Caps::default()).unwrap();
    assert_eq!(read.root_file(), "src/cache_race.rs");
    let names: Vec<&String> = read.files().keys().collect();
    assert_eq!(names, ["src/cache_race.rs", "src/helper.rs"]);
}

#[test]
fn beside_an_untouched_stub_the_file_in_another_language_is_what_was_handed_in() {
    let stub = |name: &str| {
        let path = root().join("solutions/cache_race").join(name);
        std::fs::read_to_string(path).expect("it is there")
    };
    let (rust, python, node) = (
        stub("stub.rs"),
        stub("python/stub.py"),
        stub("node/stub.mjs"),
    );
    let formatted = rust.replace('\n', "\r\n\r\n");
    let shipped = Shipped::of(&real(), "cache_race");
    let wanted = Wanted {
        drill: Some("cache_race"),
        drills: &DRILLS,
        shipped: &shipped,
    };
    let mine = |text: &str| format!("{text}\n# mine\n");
    let of_rust = "src/lib.rs";
    for (texts, taken) in [
        ([&rust, &python, &node], Ok(of_rust)),
        ([&rust, &mine(&python), &node], Ok("cache_race.py")),
        ([&formatted, &python, &mine(&node)], Ok("cache_race.mjs")),
        ([&mine(&rust), &mine(&python), &node], Ok(of_rust)),
        ([&rust, &mine(&python), &mine(&node)], Err("cache_race.mjs")),
    ] {
        let [rust, python, node] = texts.map(|text| text.as_bytes());
        for top in ["", "hw/", "between-awaits-main/exercises/cache_race/"] {
            let desk = Desk::new();
            let names = [
                "Cargo.toml",
                "src/lib.rs",
                "tests/public.rs",
                "python/cache_race.py",
                "python/test_cache_race.py",
                "node/cache_race.mjs",
            ]
            .map(|name| format!("{top}{name}"));
            let files: [(&str, &[u8]); 6] = [
                (&names[0], b""),
                (&names[1], rust),
                (&names[2], b""),
                (&names[3], python),
                (&names[4], b"# a test"),
                (&names[5], node),
            ];
            desk.put("hw.zip", zip_of(&files));
            for (name, bytes) in files {
                desk.put(&format!("class/{name}"), bytes);
            }
            for name in ["hw.zip", "class"] {
                let read = outcome(&desk, name, &wanted);
                match (taken, read) {
                    (Ok(root), Ok((found, _, _))) => assert_eq!(found, root, "{top}{name}"),
                    (Err(words), Err(why)) => assert!(why.contains(words), "{why}"),
                    (_, other) => panic!("{top}{name}: {other:?}"),
                }
            }
        }
    }
}

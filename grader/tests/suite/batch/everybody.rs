//! Students in, rows out: of random classes, nobody is lost, and nobody's record is
//! another's.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use grader::class::batch::record::RECORD_SCHEMA;
use grader::class::batch::student::{Identity, Ids};
use grader::class::batch::{
    Class, ClassDrill, EmptyHanded, Layout, Pattern, Record, Search, Store, Student,
};
use grader::drills;
use grader::grade::grading::rejected;
use proptest::prelude::*;

use crate::courses::real;

const DRILLS: [&str; 3] = ["cache_race", "inflight_fix", "offload"];

/// Names that people have, and names that nobody should have.
fn name() -> impl Strategy<Value = String> {
    let odd: &'static [&str] = &[
        "target",
        ".ada",
        "__MACOSX",
        "Ada",
        "ada",
        "ada ",
        " ada",
        "Zo\u{eb}",
        "Zoe\u{308}",
        "12345",
        "0",
        "李雷",
        "Ada Lovelace",
        "O'Bob",
        "a_b",
        "late",
        "Team A",
        "CON",
        "node_modules",
        "submission_1",
        "offload",
        "cache_race",
        "src",
        "-x",
        "a.b",
        "lib.rs",
        "=1+1",
    ];
    prop_oneof![
        proptest::sample::select(odd).prop_map(str::to_owned),
        "[A-Za-z0-9 ._éß-]{1,12}",
    ]
    .prop_filter("it is a file's name", |name| {
        !matches!(&**name, "." | "..") && !name.starts_with("._")
    })
}

/// The contents of a student's folder: a path, and whether it can be a submission.
fn inside() -> impl Strategy<Value = (&'static str, bool)> {
    proptest::sample::select(
        &[
            ("offload.rs", true),
            ("offload/src/lib.rs", true),
            ("Offload (1).zip", true),
            ("cache_race.tar.xz", true),
            ("Cache Race final.zip", true),
            ("cache_race.rs.txt", true),
            ("cache_race 2.rs", true),
            ("cache_race - Copy.rs", true),
            ("cache_race-main/src/lib.rs", true),
            ("my offload.tar.gz", true),
            ("inflight_fix.rar", true),
            ("notes.docx", false),
            ("ofload.rs", false),
            ("deep/er/x.rs", false),
        ][..],
    )
}

fn search<'a>(dir: &'a Path, layout: Layout, drill: Option<&'a str>) -> Search<'a> {
    Search {
        dir,
        layout,
        drill,
        drills: &DRILLS,
        but: None,
        teams: None,
        roster: None,
    }
}

/// Everybody who is found, each once.
fn rows(search: &Search<'_>) -> Vec<Student> {
    let found = search.run().expect("it can be read");
    let with = found.hand_ins.iter().map(|it| &it.student);
    let mut all: BTreeSet<Student> = with.cloned().collect();
    for without in &found.without {
        assert!(
            all.insert(without.student.clone()),
            "{without:?} is there twice"
        );
    }
    let identities: BTreeSet<Identity> = all.iter().map(Student::identity).collect();
    assert_eq!(identities.len(), all.len());
    all.into_iter().collect()
}

fn write(path: &Path) {
    fs::create_dir_all(path.parent().expect("it is below")).expect("it is ours");
    fs::write(path, "").expect("it is ours");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn every_folder_of_a_student_is_a_row(
        class in proptest::collection::btree_map(
            name(),
            proptest::collection::vec(inside(), 1..4),
            1..8,
        ),
    ) {
        let folder = tempfile::tempdir().expect("there is space");
        let mut students = BTreeSet::new();
        for (name, files) in &class {
            for (file, _) in files {
                write(&folder.path().join(name).join(file));
            }
            // A folder that a tool may have left behind is a student's if it contains a submission.
            let is_litter = name.starts_with('.') || name == "target" || name == "__MACOSX";
            let holds = |file: &str| !file.ends_with(".docx");
            if !is_litter || files.iter().any(|(file, _)| holds(file)) {
                students.insert(name.clone());
            }
        }
        let pattern = Pattern::parse("{student}/{drill}", &DRILLS).expect("it is the usual one");
        let search = search(folder.path(), Layout::Pattern(pattern), None);
        let found = rows(&search);
        let names: BTreeSet<String> = found.iter().map(|it| it.name().to_owned()).collect();
        prop_assert_eq!(names, students);
        // A student with something named after a drill has a hand-in.
        let hand_ins = search.run().expect("it can be read").hand_ins;
        for (name, files) in &class {
            if files.iter().any(|(_, usable)| *usable) && !name.starts_with('.')
                && name != "target" && name != "__MACOSX"
            {
                let has = hand_ins.iter().any(|it| it.student.name() == name);
                prop_assert!(has, "{} has {:?}", name, files);
            }
        }
    }

    #[test]
    fn everybody_in_an_export_is_a_row(
        class in proptest::collection::btree_map(1_u32..60, (name(), any::<bool>()), 1..8),
        system in 0..3,
    ) {
        let folder = tempfile::tempdir().expect("there is space");
        let dir = folder.path();
        let mut yaml = String::from("---\n");
        for (id, (name, empty)) in &class {
            match system {
                0 => {
                    // Between two numbers Canvas leaves no line of the name.
                    let own = name.replace(' ', "").replace('_', "-").to_lowercase();
                    write(&dir.join(format!("s{own}_{id}_{}_offload.rs", 9000 + id)));
                }
                1 => {
                    let own = dir.join(format!("{name}_{id}_assignsubmission_file"));
                    fs::create_dir_all(&own).expect("it is ours");
                    if !empty {
                        write(&own.join("offload.rs"));
                    }
                }
                _ => {
                    if !empty {
                        write(&dir.join(format!("submission_{id}/offload.rs")));
                    }
                    // Two students with one name, some without a number.
                    let sid = if id % 2 == 0 { id.to_string() } else { String::new() };
                    yaml.push_str(&format!(
                        "submission_{id}:\n  :submitters:\n  - :name: Sam\n    :sid: '{sid}'\n    :email: s{id}@x.edu\n"
                    ));
                }
            }
        }
        if system == 2 {
            fs::write(dir.join("submission_metadata.yml"), &yaml).expect("it is ours");
        }
        let layout = [Layout::Canvas, Layout::Moodle, Layout::Gradescope][system as usize].clone();
        for drill in [None, Some("offload")] {
            let found = rows(&search(dir, layout.clone(), drill));
            prop_assert_eq!(found.len(), class.len(), "{:?} {:?}", layout, found);
        }
    }

    #[test]
    fn nobody_s_record_is_another_s(
        students in proptest::collection::vec(
            (name(), proptest::option::of(0..4_u8), proptest::option::of(0..4_u8), 0..3_usize, any::<bool>()),
            1..14,
        ),
    ) {
        let folder = tempfile::tempdir().expect("there is space");
        let store = Store::open(&folder.path().join("out")).expect("it is new");
        let drill = drills::find("offload").expect("it is one");
        let mut last: Vec<(Identity, String)> = Vec::new();
        for (number, (name, id, email, system, numbered)) in students.into_iter().enumerate() {
            let id = id.map(|id| id.to_string());
            let email = email.map(|it| format!("{it}@x"));
            let student = match numbered {
                true => Student::numbered(&name, "7"),
                false => {
                    let student = Student::known(&name, id.as_deref(), email.as_deref());
                    student.of([Ids::Canvas, Ids::Moodle, Ids::School][system])
                }
            };
            let path = number.to_string();
            let record = Record {
                schema: RECORD_SCHEMA,
                student: student.clone(),
                drill: "offload".to_owned(),
                late: false,
                sha256: String::new(),
                shape: String::new(),
                seed: 0,
                rules: String::new(),
                graded_at: number as u64,
                attempts: 1,
                doubtful: false,
                same_as: None,
                before: None,
                history: Vec::new(),
                at: None,
                verdict: rejected(drill, Path::new(&path), 0, String::new()),
                path: path.clone(),
            };
            store.keep(&record).expect("there is space");
            let identity = student.identity();
            last.retain(|(known, _)| *known != identity);
            last.push((identity, path));
            for (identity, path) in &last {
                if *identity == student.identity() {
                    let kept = store.record("offload", &student).expect("it was kept");
                    prop_assert_eq!(&kept.path, path);
                }
            }
        }
        let exercise = real().exercise("offload").expect("it is a drill");
        let drills = vec![ClassDrill { slug: "offload".to_owned(), exercise }];
        let class = Class::of(drills, &store).expect("it can be read");
        let mut paths: Vec<String> = class.records().map(|it| it.expect("whole").path).collect();
        let mut expected: Vec<String> = last.into_iter().map(|(_, path)| path).collect();
        paths.sort();
        expected.sort();
        prop_assert_eq!(paths, expected);
    }
}

#[test]
fn everybody_has_one_row_whether_there_is_a_hand_in_or_not() {
    let empty = |name: &str| EmptyHanded {
        student: Student::named(name),
        why: "not handed in".to_owned(),
    };
    let records = Vec::new();
    let class = Class::of(Vec::new(), &records).expect("it is in memory");
    let class = class.with_empty_handed(vec![empty("b"), empty("a"), empty("b")]);
    let names: Vec<&str> = class
        .everybody()
        .map(|(student, ..)| student.name())
        .collect();
    assert_eq!(names, ["a", "b"]);
}

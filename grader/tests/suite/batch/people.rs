//! Rosters, teams, several attempts and several exports, through the program.

use std::fs;
use std::io::Write;

use super::{broken, class, records};
use crate::courses::Scratch;

const SEED: [&str; 2] = ["--seed", "7"];

fn run(course: &Scratch, arguments: &[&str]) -> crate::courses::Said {
    let all: Vec<&str> = ["batch"]
        .iter()
        .chain(arguments)
        .chain(&SEED)
        .copied()
        .collect();
    course.run(&all)
}

fn gradebook(course: &Scratch) -> String {
    course.read("o/gradebook.csv")
}

/// The line of a gradebook that begins with this.
fn line(course: &Scratch, name: &str) -> String {
    let table = gradebook(course);
    let line = table.lines().find(|line| line.starts_with(name));
    line.unwrap_or_else(|| panic!("{name} has no row in\n{table}"))
        .to_owned()
}

#[test]
fn two_of_one_name_are_two_whatever_their_school_says() {
    let course = class(&[
        ("submission_1/offload.rs", &broken("one")),
        ("submission_2/offload.rs", &broken("two")),
        (
            "submission_metadata.yml",
            "---\nsubmission_1:\n  :submitters:\n  - :name: Sam Lee\n    :email: s1@x.edu\nsubmission_2:\n  :submitters:\n  - :name: Sam Lee\n    :email: s2@x.edu\n",
        ),
    ]);
    let batch = ["class", "--out", "o", "--layout", "gradescope"];
    let said = run(&course, &batch);
    assert!(
        said.out.starts_with("2 submissions by 2 students"),
        "{}",
        said.out
    );
    assert!(
        said.out
            .contains("may be one person; they are counted apart"),
        "{}",
        said.out
    );
    let again = run(&course, &batch);
    assert!(
        again.err.contains("0 to grade, 0 copies of others, 2 kept"),
        "{}",
        again.err
    );
    assert_eq!(gradebook(&course).matches("Sam Lee").count(), 2);
    assert_eq!(
        fs::read_dir(course.path("o/feedback"))
            .expect("it is there")
            .count(),
        2
    );
}

#[test]
fn an_id_is_the_identity_over_runs() {
    let course = class(&[("lovelaceada_7_1_offload.rs", &broken("a"))]);
    let batch = ["class", "--out", "o", "--layout", "canvas"];
    run(&course, &batch);
    fs::rename(
        course.path("class/lovelaceada_7_1_offload.rs"),
        course.path("class/kingada_7_1_offload.rs"),
    )
    .expect("it is ours");
    course.write("class/kingada_7_2_cache_race.rs", &broken("a"));
    let said = run(&course, &batch);
    assert!(
        said.out.starts_with("2 submissions by 1 student"),
        "{}",
        said.out
    );
    assert!(!said.out.contains("still counted"), "{}", said.out);
    assert!(!gradebook(&course).contains("lovelaceada"));
}

#[test]
fn what_nobody_judged_has_no_points_and_its_student_is_asked_again() {
    let course = class(&[
        ("ada/offload.rs", &broken("ada")),
        ("ada/offload (1).rs", &broken("ada, later")),
        ("bob/offload.rs", &broken("same")),
        ("bob/offload.zip", "no zip"),
        ("cyd/notes.docx", "sorry"),
        ("dan/offload.rs", &broken("dan")),
        ("dan/offload 2.rs", &broken("dan")),
    ]);
    let said = run(&course, &["class", "--out", "o"]);
    assert_eq!(said.code, 1, "{}", said.err);
    for name in ["ada", "bob"] {
        let line = line(&course, name);
        assert!(
            line.starts_with(&format!("{name},,,,could not be taken")),
            "{line}"
        );
        assert!(
            said.out.contains(&format!("\n  {name} offload: ")),
            "{}",
            said.out
        );
        let page = course.read(&format!("o/feedback/{name}.md"));
        assert!(page.contains("Please hand in again"), "{page}");
    }
    assert!(line(&course, "cyd").contains("nothing usable"));
    assert!(said.out.contains("\n  cyd: nothing usable"), "{}", said.out);
    assert!(
        line(&course, "dan").contains("does not compile"),
        "they are one"
    );

    let said = run(&course, &["class", "--out", "o", "--attempt", "latest"]);
    assert!(said.out.contains("bob offload: `"), "{}", said.out);
    assert!(!said.out.contains("ada offload: `"), "{}", said.out);
    let ada = |course: &Scratch| records(&course.path("o"))["offload/ada.json"].path.clone();
    assert_eq!(ada(&course), "ada/offload (1).rs");
    run(&course, &["class", "--out", "o", "--attempt", "first"]);
    assert_eq!(ada(&course), "ada/offload.rs");
}

#[test]
fn the_best_attempt_counts() {
    let course = class(&[("ada/cache_race (1).rs", &broken("worse"))]);
    course.take("solutions/cache_race/src/lib.rs", "class/ada/cache_race.rs");
    let said = run(&course, &["class", "--out", "o", "--attempt", "best"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert!(
        line(&course, "ada,,,100,passed").ends_with("passed"),
        "{}",
        gradebook(&course)
    );
}

#[test]
fn everybody_who_is_enrolled_has_a_row() {
    let course = class(&[
        ("Ada Lovelace/offload.rs", &broken("ada")),
        ("mallory/offload.rs", &broken("mallory")),
    ]);
    course.write(
        "roster.csv",
        "\u{feff}Surname;First name;Email address\nLovelace;Ada;ada@x.edu\nBobson;Bob;bob@x.edu\n",
    );
    let said = run(&course, &["class", "--out", "o", "--roster", "roster.csv"]);
    assert!(
        said.out.contains("handed in nothing\n  Bob Bobson\n"),
        "{}",
        said.out
    );
    assert!(
        said.out.contains("`mallory` is not on the roster"),
        "{}",
        said.out
    );
    assert!(!said.out.contains("Lovelace` is not"), "{}", said.out);
    assert!(line(&course, "Bob Bobson,,bob@x.edu,,not handed in").ends_with(','));
    assert!(!course.path("o/feedback/Bob-Bobson.md").exists());
    let said = run(&course, &["class", "--list", "--roster", "class"]);
    assert_eq!(
        (said.code, said.err.lines().count()),
        (2, 1),
        "{}",
        said.err
    );
}

#[test]
fn a_team_s_number_is_nobody_s_and_a_list_says_who_is_in_it() {
    let course = class(&[
        ("Team A_17_assignsubmission_file/offload.rs", &broken("a")),
        (
            "Red Pandas_18_assignsubmission_file/offload.rs",
            &broken("b"),
        ),
    ]);
    let batch = [
        "class", "--out", "o", "--layout", "moodle", "--drill", "offload",
    ];
    let said = run(&course, &batch);
    assert!(said.out.contains("`--teams FILE`"), "{}", said.out);
    let moodle = course.read("o/gradebook-moodle.csv");
    assert!(!moodle.contains("Participant"), "{moodle}");

    course.write(
        "teams.csv",
        "team,name,email\nteam a,Ada,ada@x.edu\nTeam A,Bob,bob@x.edu\nRed Pandas,Cyd,cyd@x.edu\n",
    );
    let with: Vec<&str> = batch
        .iter()
        .map(|it| if *it == "o" { "p" } else { it })
        .chain(["--teams", "teams.csv"])
        .collect();
    let said = run(&course, &with);
    assert!(
        said.out.starts_with("3 submissions by 3 students"),
        "{}",
        said.out
    );
    let table = course.read("p/gradebook.csv");
    for name in ["Ada,,ada@x.edu", "Bob,,bob@x.edu", "Cyd,,cyd@x.edu"] {
        assert!(table.contains(name), "{table}");
    }
}

#[test]
fn several_exports_are_one_class_and_a_zip_is_read_as_it_is() {
    let course = class(&[("x/unused.rs", "")]);
    let mut zip = zip::ZipWriter::new(fs::File::create(course.path("hw1.zip")).expect("ours"));
    for (name, text) in [
        ("lovelaceada_7_1_hw.rs", broken("a")),
        ("bobsonbob_late_8_2_hw.rs", broken("b")),
        ("../out_9_9_hw.rs", broken("c")),
    ] {
        let plain = zip::write::SimpleFileOptions::default();
        zip.start_file(name, plain).expect("it is ours");
        zip.write_all(text.as_bytes()).expect("it is ours");
    }
    zip.finish().expect("it is ours");
    course.write("hw2/lovelaceada_7_3_hw.rs", &broken("d"));
    let batch = [
        "cache_race=hw1.zip",
        "offload=hw2",
        "--out",
        "o",
        "--layout",
        "canvas",
    ];
    let said = run(&course, &batch);
    assert!(
        said.out.starts_with("4 submissions by 3 students"),
        "{}{}",
        said.out,
        said.err
    );
    // What would lie elsewhere is nowhere, and its student has a row.
    assert!(said.out.contains("climbs with `..`"), "{}", said.out);
    assert!(!course.path("o/unpacked/out_9_9_hw.rs").exists());
    assert!(
        line(&course, "out,9").contains("could not be taken"),
        "{}",
        gradebook(&course)
    );
    assert!(line(&course, "bobsonbob").contains("does not compile, late"));
    let again = run(&course, &batch);
    assert!(
        again.err.contains("4 submissions: 0 to grade"),
        "{}",
        again.err
    );
    let mut zip = zip::ZipArchive::new(
        fs::File::open(course.path("o/feedback-canvas.zip")).expect("it is there"),
    )
    .expect("it is one");
    assert!(zip.by_name("lovelaceada_7_1_feedback.md").is_ok());
    let list = [
        "batch", "hw1.zip", "--list", "--layout", "canvas", "--drill", "offload",
    ];
    assert!(
        course
            .run(&list)
            .out
            .starts_with("3 submissions by 3 students")
    );
}

#[test]
fn blackboard_s_attempts_are_told_apart_by_their_dates() {
    let course = class(&[
        (
            "HW_1_adal_attempt_2026-11-20-10-00-00_hw.rs",
            &broken("first"),
        ),
        (
            "HW_1_adal_attempt_2026-11-21-10-00-00_hw.rs",
            &broken("second"),
        ),
        (
            "HW_1_adal_attempt_2026-11-21-10-00-00.txt",
            "Name: Ada Lovelace (adal)\r\nAssignment: HW_1\r\n",
        ),
        (
            "HW_1_bob_attempt_2026-11-21-10-00-00.txt",
            "Name: Bob (bob)\nThere are no student comments.\n",
        ),
    ]);
    let batch = [
        "class",
        "--out",
        "o",
        "--layout",
        "blackboard",
        "--drill",
        "offload",
        "--attempt",
        "latest",
    ];
    let said = run(&course, &batch);
    assert!(said.out.contains("Bob (bob)"), "{}", said.out);
    let all = records(&course.path("o"));
    let (_, record) = all.first_key_value().expect("somebody handed in");
    assert_eq!(record.student.id(), Some("adal"));
    assert_eq!(record.student.name(), "Ada Lovelace");
    assert!(record.path.contains("2026-11-21"), "{}", record.path);
}

/// What a student names a file comes last in what Blackboard makes of it.
#[test]
fn no_file_of_blackboard_s_is_another_student_s() {
    let ada = "HW_1_adal_attempt_2026-11-20-10-00-00";
    let own = [
        format!("{ada}_hw.rs"),
        format!("{ada}_x_bob_attempt_2026-11-21-10-00-00_hw.rs"),
        format!("{ada}_x_bob_attempt_2026-11-21-10-00-00.txt"),
    ];
    let note = "Name: Not Bob (bob)\n";
    let course = class(&[
        (&own[0], &broken("ada")),
        (&own[1], &broken("forged")),
        (&own[2], note),
        ("HW_1_bob_attempt_2026-11-20-10-00-00_hw.rs", &broken("bob")),
        (
            "HW_1_eva_l_attempt_2026-11-20-10-00-00_hw.rs",
            &broken("eva"),
        ),
        (
            "HW_1_eva_l_attempt_2026-11-20-10-00-00.txt",
            "Name: Eva (eva_l)\n",
        ),
        (
            "HW_1_ida_l_attempt_2026-11-20-10-00-00_hw.rs",
            &broken("ida"),
        ),
        (
            "HW_1_ida_l_attempt_2026-11-20-10-00-00.txt",
            "Name: Ida (ida_l)\n",
        ),
    ]);
    let list = [
        "class",
        "--layout",
        "blackboard",
        "--drill",
        "offload",
        "--list",
    ];
    let said = run(&course, &list);
    for name in ["bob ", "Eva (eva_l)", "Ida (ida_l)", "adal"] {
        assert!(said.out.contains(name), "{name}: {}", said.out);
    }
    assert!(!said.out.contains("Not Bob"), "{}", said.out);
    assert!(
        said.out.contains("HW_1_bob_attempt_2026-11-20"),
        "{}",
        said.out
    );
}

/// What is late, excused and weighed, from Gradescope's times to every table.
#[test]
fn a_class_file_says_what_counts() {
    let metadata = |id: u32, name: &str, at: &str| {
        format!(
            "submission_{id}:\n  :submitters:\n  - :name: {name}\n    :email: {name}@x.edu\n  :created_at: {at}\n"
        )
    };
    let course = class(&[(
        "submission_metadata.yml",
        &format!(
            "---\n{}{}{}",
            metadata(1, "ada", "2026-11-20 22:00:00.000000000 Z"),
            metadata(2, "bob", "2026-11-22 09:00:00.000000000 Z"),
            metadata(3, "cyd", "2026-11-22 09:00:00.000000000 Z"),
        ),
    )]);
    let wrong = "solutions/cache_race/wrong/coalesced.rs";
    for id in 1..4 {
        course.take(wrong, &format!("class/submission_{id}/cache_race.rs"));
    }
    course.write("class/submission_3/offload.rs", &broken("cyd"));
    course.write(
        "class.toml",
        "due = 2026-11-20T23:59:00Z\n[late]\npercent_per_day = 7\n[drills.cache_race]\nweight = 0.5\n\
         [students.cyd]\nextra_days = 5\nexcused = [\"offload\"]\n[students.dan]\nextra_days = 1\n",
    );
    let batch = [
        "class",
        "--out",
        "o",
        "--layout",
        "gradescope",
        "--class",
        "class.toml",
    ];
    let said = run(&course, &batch);
    assert_eq!(said.code, 1, "{}", said.err);
    assert!(
        said.out
            .contains("names `dan`, and nobody here has that name"),
        "{}",
        said.out
    );
    let points = |name: &str| {
        let line = line(&course, name);
        let cells: Vec<String> = line.split(',').map(str::to_owned).collect();
        cells
    };
    let whole: u32 = points("ada")[3].parse().expect("ada was in time");
    let tenths = (whole * 100 - whole * 14 + 5) / 10;
    let late = match tenths % 10 {
        0 => (tenths / 10).to_string(),
        tenth => format!("{}.{tenth}", tenths / 10),
    };
    assert_eq!(points("bob")[3], late);
    assert!(
        points("bob")
            .join(",")
            .contains("\"not yet, 2 days late, 14 % off\"")
    );
    assert_eq!(points("cyd")[3], whole.to_string());
    assert_eq!(points("cyd")[5..7], ["", "excused"]);
    // Half of what was reached, and of what could be; nothing of what is excused.
    let total = |of: &str| format!(",{of}");
    assert!(
        line(&course, "ada").contains(&total("150")),
        "{}",
        gradebook(&course)
    );
    assert!(
        line(&course, "cyd").contains(&total("50")),
        "{}",
        gradebook(&course)
    );
    let canvas = course.read("o/gradebook-canvas.csv");
    assert!(
        canvas.contains(&format!(",{late},")) && canvas.contains(",EX"),
        "{canvas}"
    );
    assert!(
        course
            .read("o/gradebook-moodle.csv")
            .contains(&format!(",{late},"))
    );
    let page = course.read("o/feedback/bob.md");
    assert!(
        page.contains(&format!("What counts: {late} of 100 points.")),
        "{page}"
    );
    let page = course.read("o/feedback/cyd.md");
    assert!(page.contains("You are excused from this drill"), "{page}");
    let report = course.read("o/report.html");
    assert!(
        report.contains("2 days late, 14 % off: counts "),
        "{report}"
    );
    // A time that nobody can read counts as in time, and is told.
    let metadata = course.read("class/submission_metadata.yml");
    let odd = metadata.replace("2026-11-22 09:00:00.000000000 Z", "Sun Nov 22 2026 9 AM");
    course.write("class/submission_metadata.yml", &odd);
    let said = run(&course, &batch);
    let told = "the time of 2 hand-ins is not known (that of `bob` says `Sun Nov 22 2026 9 AM`)";
    assert!(said.out.contains(told), "{}", said.out);
    assert_eq!(points("bob")[3], whole.to_string());
    course.write("class/submission_metadata.yml", &metadata);
    // The same records, counted as they are.
    let said = run(&course, &batch[..5]);
    assert!(said.err.contains("0 to grade"), "{}", said.err);
    assert_eq!(points("bob")[3], whole.to_string());
    course.write("class.toml", "[drills.ofload]\nweight = 1\n");
    let said = run(&course, &batch);
    assert_eq!(said.code, 2);
    assert!(
        said.err.contains("there is no drill `ofload`"),
        "{}",
        said.err
    );
}

/// As JPlag and Dolos read it: a folder for each student, a row for each file, and each
/// language apart. `RECORD=1` writes what the book shows of it anew.
#[test]
fn what_is_to_be_compared_lies_in_one_place() {
    let course = class(&[
        ("ada/offload/src/lib.rs", "mod more;\nfn ("),
        ("ada/offload/src/more.rs", ""),
        ("Zo\u{eb} L/offload.rs", &broken("zoe")),
        ("bob/offload.py", "def f(:\n"),
        ("eve/offload.zip", "no zip"),
    ]);
    let batch = ["class", "--out", "o", "--similar", "compare"];
    let said = run(&course, &batch);
    assert_eq!(said.code, 1, "{}", said.err);
    let table = course.read("compare/offload/info.csv");
    assert_eq!(
        table,
        "filename,full_name,id,status,created_at,labels\n\
         Zo\u{eb}-L/src/lib.rs,Zo\u{eb} L,Zo\u{eb}-L,handed in,,offload\n\
         ada/src/lib.rs,ada,ada,handed in,,offload\n\
         ada/src/more.rs,ada,ada,handed in,,offload\n"
    );
    for line in table.lines().skip(1) {
        let (file, _) = line.split_once(',').expect("it has cells");
        assert!(
            course.path("compare/offload").join(file).is_file(),
            "{file}"
        );
    }
    assert!(!course.path("compare/offload/eve").exists());
    let stub = course.read("solutions/offload/stub.rs");
    assert_eq!(course.read("compare/stub/offload/src/lib.rs"), stub);
    let in_python = course.read("compare/offload-python/info.csv");
    let (_, row) = in_python.split_once('\n').expect("it has a row");
    let (file, _) = row.split_once(',').expect("it has cells");
    assert_eq!(
        course.read(&format!("compare/offload-python/{file}")),
        "def f(:\n"
    );

    let find = std::process::Command::new("sh")
        .args(["-c", "find compare -type f | LC_ALL=C sort"])
        .current_dir(course.path(""))
        .output()
        .expect("there is a shell");
    let files = String::from_utf8(find.stdout).expect("the names are UTF-8");
    let shown =
        format!("$ find compare -type f | sort\n{files}\n$ cat compare/offload/info.csv\n{table}");
    let kept = crate::courses::root().join("book/listings/class/compare.txt");
    if std::env::var_os("RECORD").is_some() {
        fs::write(&kept, &shown).expect("it is ours");
    }
    assert_eq!(fs::read_to_string(kept).unwrap_or_default(), shown);

    let said = run(&course, &batch);
    assert_eq!(said.code, 2);
    assert!(
        said.err.contains("`compare` is there already"),
        "{}",
        said.err
    );
}

/// One name composed in two ways: an id makes it one person, a roster finds it, and
/// nothing else says who it is.
#[test]
fn a_name_is_known_however_its_letters_are_composed() {
    let (nfc, nfd) = ("Zo\u{eb} L", "Zoe\u{308} L");
    let moodle = |name: &str, id: u32, text: &str| {
        (
            format!("{name}_{id}_assignsubmission_file/offload.rs"),
            broken(text),
        )
    };
    let files = [moodle(nfc, 7, "a"), moodle("ada", 9, "b")];
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(name, text)| (&**name, &**text))
        .collect();
    let course = class(&files);
    let batch = ["class", "--out", "o", "--layout", "moodle"];
    run(&course, &batch);
    let folder = |name: &str| course.path(&format!("class/{name}_7_assignsubmission_file"));
    fs::rename(folder(nfc), folder(nfd)).expect("it is ours");
    let said = run(&course, &batch);
    assert!(
        said.out.starts_with("2 submissions by 2 students"),
        "{}",
        said.out
    );
    assert!(!said.out.contains("still counted"), "{}", said.out);

    let course = class(&[]);
    for name in [nfc, nfd] {
        course.write(&format!("class/{name}/offload.rs"), &broken(name));
    }
    course.write("roster.csv", &format!("name,id\n{nfd},1\n"));
    let said = run(&course, &["class", "--out", "o", "--roster", "roster.csv"]);
    assert!(
        said.out.starts_with("2 submissions by 2 students"),
        "{}",
        said.out
    );
    let words = "`Zo\u{eb} L` may be one person; they are counted apart";
    assert!(
        said.out.contains("`Zoe\\u{308} L` and") && said.out.contains(words),
        "{}",
        said.out
    );
    assert!(!said.out.contains("not on the roster"), "{}", said.out);
    assert_eq!(
        fs::read_dir(course.path("o/feedback"))
            .expect("it is there")
            .count(),
        2
    );
}

#[test]
fn an_earlier_run_s_results_are_no_student() {
    let course = class(&[("ada/offload.rs", &broken("ada"))]);
    run(&course, &["class", "--out", "class/old"]);
    let said = run(&course, &["class", "--out", "new", "--drill", "offload"]);
    assert!(
        said.out.starts_with("1 submission by 1 student"),
        "{}",
        said.out
    );
    assert!(!course.read("new/gradebook.csv").contains("old"));
}

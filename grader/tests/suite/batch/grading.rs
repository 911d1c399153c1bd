//! A graded class: everybody gets a record, and nobody another's.

use std::fs::File;
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use grader::class::batch::{Attempts, Layout, Pattern, Run, Search, Store, plan, run};
use grader::grade::grading::Grader;
use grader::grade::verdict::Status;

use super::{broken, class, records};
use crate::courses::{Scratch, real};

const RIGHT: &str = "solutions/cache_race/src/lib.rs";
const BATCH: [&str; 6] = ["batch", "class", "--out", "results", "--seed", "7"];

#[test]
fn identical_submissions_are_graded_once_and_a_broken_archive_harms_nobody() {
    let course = class(&[("eve/cache_race.zip", "PK\u{3}\u{4} and nothing more")]);
    course.take(RIGHT, "class/ada/cache_race.rs");
    course.take(RIGHT, "class/bob/cache_race/src/lib.rs");
    let text = course.read(RIGHT);
    let file = File::create(course.path("class/bob/c.tar.gz")).expect("it is ours");
    let mut tar = tar::Builder::new(GzEncoder::new(file, Compression::fast()));
    let mut header = tar::Header::new_gnu();
    header.set_size(text.len() as u64);
    header.set_mode(0o644);
    tar.append_data(&mut header, "cache_race/src/lib.rs", text.as_bytes())
        .expect("memory");
    tar.into_inner()
        .and_then(|mut gz| gz.flush())
        .expect("there is space");
    std::fs::create_dir_all(course.path("class/carol")).expect("it is ours");
    std::fs::rename(
        course.path("class/bob/c.tar.gz"),
        course.path("class/carol/cache-race.tar.gz"),
    )
    .expect("it is ours");

    let said = course.run(&BATCH);
    assert_eq!(said.code, 1, "{}", said.err);
    assert!(said.err.contains("1 to grade, 2 copies"), "{}", said.err);
    let all = records(&course.path("results"));
    assert_eq!(all.len(), 4);
    let of = |name: &str| &all[&format!("cache_race/{name}.json")];
    let (ada, bob, carol, eve) = (of("ada"), of("bob"), of("carol"), of("eve"));
    for record in [ada, bob, carol] {
        assert_eq!(record.verdict.status, Status::Passed);
        assert_eq!((record.seed, &record.sha256), (ada.seed, &ada.sha256));
        assert_eq!(record.verdict.submission, record.path);
        assert!(
            record.path.starts_with(record.student.name()),
            "{}",
            record.path
        );
    }
    assert_eq!(ada.same_as, None);
    assert_eq!(carol.same_as.as_deref(), Some("ada/cache_race.rs"));
    assert_eq!(eve.verdict.status, Status::Rejected);
    let why = &eve.verdict.diagnostics;
    assert!(
        why.starts_with("`eve/cache_race.zip` is a damaged archive"),
        "{why}"
    );

    // A student hands in the same a day later: it is known.
    course.take(RIGHT, "class/zoe/cache_race.rs");
    let said = course.run(&BATCH);
    assert!(
        said.err.contains("5 submissions: 0 to grade, 1 copy"),
        "{}",
        said.err
    );
    let zoe = &records(&course.path("results"))["cache_race/zoe.json"];
    assert_eq!(
        (zoe.verdict.status, zoe.graded_at),
        (Status::Passed, ada.graded_at)
    );
}

#[test]
fn a_copy_that_is_changed_meanwhile_is_graded_for_itself() {
    let folder = tempfile::tempdir().expect("there is space");
    let dir = folder.path().join("class");
    let hand_in = |name: &str, text: &str| {
        let place = dir.join(name);
        std::fs::create_dir_all(&place).expect("it is ours");
        std::fs::write(place.join("offload.rs"), text).expect("it is ours");
    };
    for name in ["ada", "bob", "eve"] {
        hand_in(name, &broken("all"));
    }
    let grader = Grader::new(real()).expect("it is prepared");
    let grader = grader.without_pictures();
    let drills = ["offload"];
    let pattern = Pattern::parse("{student}/{drill}", &drills).expect("it is the usual one");
    let search = Search {
        dir: &dir,
        layout: Layout::Pattern(pattern),
        drill: None,
        drills: &drills,
        but: None,
        teams: None,
        roster: None,
    };
    let found = search.run().expect("it can be read");
    let store = Store::open(&folder.path().join("results")).expect("it is new");
    let plan = plan(&grader, &store, &dir, &found.hand_ins, 7).expect("it can be planned");
    assert_eq!((plan.gradings(), plan.copies), (1, 2));
    hand_in("bob", &broken("bob"));
    let on = Run {
        grader: &grader,
        store: &store,
        attempts: &Attempts::of(store.out()),
        dir: &dir,
        jobs: 1,
        kept: &|_| (),
    };
    run(on, plan).expect("there is space");

    let all = records(&folder.path().join("results"));
    let [ada, bob, eve] = ["ada", "bob", "eve"].map(|name| &all[&format!("offload/{name}.json")]);
    for record in [ada, bob, eve] {
        assert_eq!(record.verdict.status, Status::CompileError);
    }
    assert_eq!((ada.seed, &ada.sha256), (eve.seed, &eve.sha256));
    assert_ne!(ada.seed, bob.seed);
    assert_ne!(ada.sha256, bob.sha256);
    assert_eq!(eve.same_as.as_deref(), Some("ada/offload.rs"));
    assert_eq!((&ada.same_as, &bob.same_as), (&None, &None));
}

#[test]
fn a_hostile_neighbour_changes_nothing_for_others() {
    let course = Scratch::gradable();
    course.take(RIGHT, "class/ada/cache_race.rs");
    course.take(
        "solutions/inflight_fix/src/lib.rs",
        "class/zoe/inflight_fix.rs",
    );
    let hostile = [
        "endless_loop",
        "floods_its_output",
        "spinning_threads",
        "leaves_a_child",
    ];
    for name in hostile {
        let from = format!("grader/tests/fixtures/misbehaviour/{name}.rs");
        course.take(&from, &format!("class/{name}/inflight_fix.rs"));
    }
    let said = course.run(&BATCH);
    assert_eq!(said.code, 1, "{}", said.err);
    let all = records(&course.path("results"));
    for good in ["cache_race/ada.json", "inflight_fix/zoe.json"] {
        let verdict = &all[good].verdict;
        assert_eq!(
            (verdict.status, verdict.score),
            (Status::Passed, 100),
            "{verdict:#?}"
        );
    }
    for name in hostile {
        let record = &all[&format!("inflight_fix/{name}.json")];
        // Where the machine is busy, the time may be used up first.
        let status = record.verdict.status;
        let is_told = matches!(status, Status::Failed | Status::TimedOut);
        assert!(is_told, "{name}: {status:?}");
        let file = course.path(&format!("results/records/inflight_fix/{name}.json"));
        let size = file.metadata().expect("it is there").len();
        assert!(size < 20_000, "{name} takes {size} bytes");
    }
}

#[test]
fn a_failure_of_the_machine_is_nobodys_fail() {
    let course = class(&[
        ("ada/offload.rs", &broken("ada")),
        ("bob/offload.rs", &broken("bob")),
        ("eve/offload.7z", ""),
    ]);
    // Nothing can be compiled without a folder to do it in. Before it is known
    // what the sandbox is worth, nothing is said of anybody.
    course.write("target/grader/jobs", "in the way");
    let said = course.run(&BATCH);
    assert_eq!((said.code, &*said.out), (2, ""), "{}", said.err);
    let words = "cannot compile or run submissions: ";
    assert!(said.err.contains(words), "{}", said.err);
    assert!(!said.err.contains("--allow-degraded"), "{}", said.err);
    std::fs::remove_file(course.path("target/grader/jobs")).expect("it is ours");
    let known = course.run(&["grade", "offload", "class/ada/offload.rs"]);
    assert_eq!(known.code, 1, "{}", known.err);
    std::fs::remove_dir(course.path("target/grader/jobs")).expect("nothing is left in it");
    course.write("target/grader/jobs", "in the way");
    let said = course.run(&BATCH);
    assert_eq!(said.code, 2, "{}", said.err);
    assert!(
        said.out.contains("2  not graded: the machine failed"),
        "{}",
        said.out
    );
    assert!(said.out.contains("1  could not be taken"), "{}", said.out);
    assert!(
        said.err
            .contains("3 submissions: 2 to grade, 0 copies of others, 0 kept from before, 1 that cannot be taken;"),
        "{}",
        said.err
    );
    assert!(
        said.out
            .contains("run the same command again\n  ada/offload.rs: "),
        "{}",
        said.out
    );
    let all = records(&course.path("results"));
    let ada = &all["offload/ada.json"];
    assert_eq!((ada.verdict.status, ada.attempts), (Status::InfraError, 3));
    assert_eq!(all["offload/eve.json"].verdict.status, Status::Rejected);

    std::fs::remove_file(course.path("target/grader/jobs")).expect("it is ours");
    let said = course.run(&BATCH);
    assert!(
        said.err.contains("2 to grade, 0 copies of others, 1 kept"),
        "{}",
        said.err
    );
    assert_eq!(said.code, 1, "{}", said.err);
    let ada = &records(&course.path("results"))["offload/ada.json"];
    assert_eq!(
        (ada.verdict.status, ada.attempts),
        (Status::CompileError, 1)
    );
    assert_eq!(ada.before, None);
}

#[test]
fn a_wrong_line_in_one_drill_s_file_is_that_drill_s_loss_alone() {
    let course = class(&[
        ("ada/cache_race.rs", &broken("ada")),
        ("ada/offload.rs", &broken("ada")),
    ]);
    let file = "exercises/offload/exercise.toml";
    let right = course.read(file);
    for wrong in [
        right.replace("minutes = ", "minuets = "),
        right.replace("[limits]", "[limits]\nthreads = 0"),
        "title = \"caf\u{fffd}\"".to_owned(),
    ] {
        course.write(file, &wrong);
        let said = course.run(&["batch", "class", "--out", "o"]);
        assert_eq!(said.code, 2, "{}", said.err);
        let record = |drill: &str| {
            let all = records(&course.path("o"));
            let mut found = all.into_values().filter(|it| it.drill == drill);
            found.next().expect(drill).verdict
        };
        assert_eq!(record("cache_race").status, Status::CompileError);
        let verdict = record("offload");
        assert_eq!(verdict.status, Status::InfraError);
        let words = "exercises/offload/exercise.toml` is wrong: ";
        assert!(
            verdict.diagnostics.contains(words),
            "{}",
            verdict.diagnostics
        );
    }
    course.write(file, &right);
    let said = course.run(&["batch", "class", "--out", "o"]);
    assert_eq!(said.code, 1, "{}", said.err);
    assert!(said.err.contains("1 to grade"), "{}", said.err);
}

#[test]
fn who_ran_out_of_time_beside_others_is_graded_again_alone() {
    let course = Scratch::gradable();
    let fixture = "grader/tests/fixtures/misbehaviour/thinks_on_every_request.rs";
    course.take(fixture, "class/ada/inflight_fix.rs");
    let file = "exercises/inflight_fix/exercise.toml";
    let text = course
        .read(file)
        .replace("[limits]\n", "[limits]\nwall_seconds = 1\n");
    course.write(file, &text);
    let said = course.run(&[&BATCH[..], &["--jobs", "2"]].concat());
    let ada = &records(&course.path("results"))["inflight_fix/ada.json"];
    let alone = if said.out.contains("1 grading in") {
        2
    } else {
        0
    };
    let attempts = std::thread::available_parallelism().map_or(1, |cores| alone.min(cores.get()));
    assert_eq!(ada.verdict.status, Status::TimedOut);
    assert_eq!((ada.attempts as usize, ada.doubtful), (attempts, false));
}

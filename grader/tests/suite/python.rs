//! Submissions in Python: the same hidden tests, by a worker in another language.
//!
//! Where there is no Python that is new enough, nothing here is tried: the course works
//! without one.

use std::path::Path;

use grader::Submission;
use grader::course::language::Language;
use grader::drills;
use grader::grade::verdict::{CheckStatus, Status, Verdict};

use crate::courses::{Said, Scratch, program, root};
use crate::interpreted::{
    PublicTests, is_missing, the_folder_of_an_exercise_is_its_file,
    the_reference_has_all_points_and_the_stub_fails, the_same_gets_the_same_verdict, written,
};
use crate::reports::human;
use crate::verdicts::{GRADER, SEED, grade, steady, until_one_fails, verdict};

/// The verdict on this text as `inflight_fix.py`.
fn on(text: &str) -> Verdict {
    let (_folder, path) = written("inflight_fix.py", text);
    grade("inflight_fix", &path)
}

/// A cache whose `get_user` begins with these lines.
fn cache_that(lines: &str) -> String {
    let lines = lines.replace('\n', "\n        ");
    format!(
        "import asyncio\nimport sys\n\nclass UserCache:\n    def __init__(self, db):\n        self.db = db\n\n    async def get_user(self, uid):\n        {lines}\n"
    )
}

#[test]
fn the_reference_in_python_has_all_points_and_the_stub_fails() {
    the_reference_has_all_points_and_the_stub_fails(Language::Python);
}

#[test]
fn the_folder_of_an_exercise_is_its_python_file() {
    the_folder_of_an_exercise_is_its_file(Language::Python);
}

#[test]
fn the_same_python_gets_the_same_verdict() {
    the_same_gets_the_same_verdict(Language::Python, "well_known_fix");
}

#[test]
fn a_python_verdict_speaks_of_exceptions_and_cancelling() {
    if is_missing(Language::Python) {
        return;
    }
    let stub = verdict("inflight_fix", "solutions/inflight_fix/python/stub.py");
    let texts = stub.checks.iter().map(|check| {
        let (title, message, hint) = (&check.title, &check.message, &check.hint);
        format!("{title}\n{message}\n{hint}\n")
    });
    let said: String = texts.collect();
    assert!(
        said.contains("`UserCache()` raised: NotImplementedError"),
        "{said}"
    );
    for word in ["panic", "dropp", "::new"] {
        assert!(!said.contains(word), "{word} in {said}");
    }
}

#[test]
fn what_cannot_be_loaded_is_a_compile_error_that_says_why() {
    if is_missing(Language::Python) {
        return;
    }
    for (text, why) in [
        ("class UserCache:\n    def get_user(self:\n", "SyntaxError"),
        ("class Cache:\n    pass\n", "no class `UserCache`"),
        ("class UserCache:\n    pass\n", "no method `get_user`"),
        ("import sqlite3\n", "`sqlite3` cannot be imported here"),
        ("nothing_of_the_kind\n", "inflight_fix.py\", line 1"),
    ] {
        let refused = on(text);
        assert_eq!(refused.status, Status::CompileError, "{refused:#?}");
        assert!(refused.diagnostics.contains(why), "{}", refused.diagnostics);
    }
}

#[test]
fn a_file_that_windows_saved_with_a_mark_is_taken() {
    if is_missing(Language::Python) {
        return;
    }
    let reference = "solutions/inflight_fix/python/reference.py";
    let reference = std::fs::read_to_string(root().join(reference)).expect("it is there");
    let given = on(&format!("\u{feff}{reference}"));
    assert!(given.passed(), "{given:#?}");
}

#[test]
fn what_a_learner_would_find_in_the_log_is_told() {
    if is_missing(Language::Python) {
        return;
    }
    for (drill, file, what) in [
        (
            "batch_loader",
            "task_dies",
            "a task of its own ended with NameError",
        ),
        (
            "batch_loader",
            "task_dies",
            "a task of its own, which nobody awaits, ended with NameError",
        ),
        (
            "inflight_fix",
            "not_awaited",
            "returned a coroutine: is an `await` missing?",
        ),
        (
            "cache_race",
            "report_as_a_dict",
            "returned a `dict`, not a tuple `(fetches, seconds)`",
        ),
    ] {
        let given = verdict(drill, &format!("solutions/{drill}/python/wrong/{file}.py"));
        let said: Vec<&str> = given
            .checks
            .iter()
            .flat_map(|check| check.timeline.iter().chain([&check.message]))
            .map(String::as_str)
            .collect();
        assert!(said.iter().any(|line| line.contains(what)), "{said:#?}");
    }
}

#[test]
fn what_runs_alone_is_told_to_do_so() {
    if is_missing(Language::Python) {
        return;
    }
    let text = cache_that("return await self.db.fetch_user(uid)");
    let given = on(&format!(
        "{text}\nasync def main():\n    pass\n\nasyncio.run(main())\n"
    ));
    let said = given.diagnostics;
    assert!(said.contains("below `if __name__"), "{said}");
}

#[test]
fn a_drill_that_there_is_not_in_python_says_which_there_are() {
    let (_folder, path) = written("give_way.py", "");
    let submission = Submission::read(&path).expect("it is a file");
    let drill = drills::find("give_way").expect("it is a drill");
    let refused = GRADER.grade_submission(drill, &submission, SEED);
    let refused = refused.expect("the submission is at fault");
    assert_eq!(refused.status, Status::Rejected);
    let said = refused.diagnostics;
    assert!(said.contains("`cache_race`"), "{said}");
    assert!(!said.contains('\n'));
}

#[test]
fn what_keeps_the_loop_is_told_with_its_line() {
    if is_missing(Language::Python) {
        return;
    }
    let sleeping = on(&cache_that(
        "import time\ntime.sleep(0.2)\nreturn await self.db.fetch_user(uid)",
    ));
    let said = format!("{:?}", sleeping.checks);
    assert!(said.contains("`time.sleep` keeps the loop"), "{said}");
    assert!(said.contains("inflight_fix.py:10"), "{said}");
}

/// asyncio's own loop forgets cancelled timers when there are many, and so does this one.
#[test]
fn timers_that_were_cancelled_are_not_left_behind() {
    if is_missing(Language::Python) {
        return;
    }
    let reference = root().join("solutions/inflight_fix/python/reference.py");
    let text = std::fs::read_to_string(reference).unwrap();
    let begins = "async def get_user(self, uid):\n";
    assert!(text.contains(begins));
    let a_month = "asyncio.get_running_loop().call_later(2_592_000, print).cancel()";
    let with_timers = text.replace(begins, &format!("{begins}        {a_month}\n"));
    let verdict = on(&with_timers);
    assert_eq!(verdict.score, 100, "{}", human(&verdict));
}

/// What `replay` says of a submission.
fn replayed(drill: &str, path: &Path, key: &str) -> String {
    let mut replay = program();
    replay.arg("--course").arg(root());
    replay.args(["replay", drill]).arg(path).arg(key);
    let said = Said::by(&mut replay);
    said.out + &said.err
}

/// The line of a request that waits, and of what it waits for, whatever it awaits.
#[test]
fn where_a_task_is_suspended_is_told_with_its_line() {
    if is_missing(Language::Python) {
        return;
    }
    let second = |waits: &str| {
        cache_that(&format!(
            "if hasattr(self, 'begun'):\n    {waits}\nself.begun = asyncio.Event()\nreturn await self.db.fetch_user(uid)"
        )) + "\n    async def wait(self):\n        await self.begun.wait()\n\n    async def each(self):\n        await self.wait()\n        yield\n\n    def __await__(self):\n        yield from self.wait().__await__()\n"
    };
    let awaits = |line: u32, code: &str| format!("awaits at inflight_fix.py:{line}: `{code}`");
    let own = |line: u32, code: &str| format!("a task of its own {}", awaits(line, code));
    let request = |line: u32, code: &str| format!("request 2 {}", awaits(line, code));
    let waiting = "await self.begun.wait()";
    for (waits, told) in [
        (waiting, vec![request(10, waiting)]),
        ("await self.wait()", vec![request(15, waiting)]),
        (
            "await self",
            vec![request(22, "yield from self.wait().__await__()")],
        ),
        (
            "async with asyncio.timeout(9e9): await self.wait()",
            vec![request(15, waiting)],
        ),
        (
            "async for _ in self.each(): pass",
            vec![request(10, "async for _ in self.each(): pass")],
        ),
        (
            "await asyncio.shield(self.wait())",
            vec![
                request(10, "await asyncio.shield(self.wait())"),
                own(15, waiting),
            ],
        ),
        (
            "await asyncio.gather(self.wait(), asyncio.sleep(0))",
            vec![
                request(10, "await asyncio.gather(self.wait(), asyncio.sleep(0))"),
                own(15, waiting),
            ],
        ),
    ] {
        let (_folder, path) = written("inflight_fix.py", &second(waits));
        let said = replayed("inflight_fix", &path, "7:answered:q7.r1.q7.t60000000");
        for line in told {
            assert!(said.lines().any(|it| it.ends_with(&line)), "{said}");
        }
    }
}

#[test]
fn where_an_operation_begins_is_told_with_its_line() {
    if is_missing(Language::Python) {
        return;
    }
    let stub = verdict("lost_update", "solutions/lost_update/python/stub.py");
    let text = std::fs::read_to_string(root().join("solutions/lost_update/python/stub.py"))
        .expect("it is ours");
    let line_of = |what: &str| {
        let found = text.lines().position(|line| line.contains(what));
        found.expect("the stub has it") + 1
    };
    let timeline = stub.checks[0].timeline.join("\n");
    for (begins, ends, line) in [
        ("read 1 begins, of account 7", "", line_of(".read(")),
        ("write 2 begins, ", " into account 7", line_of(".write(")),
    ] {
        let line = format!("{ends} (lost_update.py:{line})");
        let is_it = |told: &&str| told.trim().starts_with(begins) && told.ends_with(&line);
        assert!(timeline.lines().any(|told| is_it(&told)), "{timeline}");
    }
    // By a key, too.
    let key = stub.checks[0].schedule.as_deref().expect("it failed");
    let path = root().join("solutions/lost_update/python/stub.py");
    let said = replayed("lost_update", &path, key);
    let told = format!(
        "read 1 begins, of account 7 (lost_update.py:{})",
        line_of(".read(")
    );
    assert!(said.contains(&told), "{said}");
}

#[test]
fn no_attack_from_within_the_interpreter_passes() {
    if is_missing(Language::Python) {
        return;
    }
    let attacks = [
        // It ends as if all were well.
        "import os\nos._exit(0)",
        // A process of its own.
        "import os\nos.fork()",
        // Files, and the network.
        "open('/etc/passwd').read()",
        "import socket\nsocket.socket().connect(('127.0.0.1', 80))",
        // What the channel is, by guessing.
        "import os\nfor fd in range(3, 20):\n    try:\n        os.write(fd, b'{\"run\":1,\"steps\":[]}\\n')\n    except OSError:\n        pass",
        // Rows of its own.
        "from kit import User\nreturn User(uid, 'ada')",
        // The puppet's own journal: what it says cannot have happened.
        "import sys\nrun = asyncio.current_task().caller.run\nrun.journal.append({'delivered': {'operation': 1}})\nreturn None",
        // The kit, replaced.
        "import kit\nkit.Db.fetch_user = lambda self, uid: asyncio.sleep(0, kit.User(uid, 'x'))\nreturn await self.db.fetch_user(uid)",
        // Threads, signals, and memory by address.
        "import threading\nthreading.Thread(target=print).start()",
        "import signal\nsignal.raise_signal(9)",
        "import ctypes\nctypes.string_at(0)",
        // It never ends.
        "while True:\n    pass",
        // Whatever the interpreter keeps: the puppet, the orders, the frames of its callers.
        "import sys\nfor name in ('puppet', 'run', 'operations'):\n    print(vars(sys.modules[name]))\nreturn None",
        "import gc\nfor thing in gc.get_objects():\n    if type(thing).__name__ == 'Operations':\n        thing.answer(1, {'ok': 'ada'})\nreturn None",
        "import sys\nframe = sys._getframe()\nwhile frame.f_back:\n    frame = frame.f_back\nframe.f_locals['runs'].clear()\nreturn None",
        "import gc\nfor run in [thing for thing in gc.get_objects() if type(thing).__name__ == 'Run']:\n    run.journal.append({'returned': {'call': 1, 'with': {'ok': [uid, 'ada']}}})\nawait asyncio.sleep(1000)",
        // The kit's classes lie about what is equal.
        "import kit\nkit.User.__eq__ = lambda self, other: True\nreturn kit.User(uid, '')",
        // The words of the puppet, and its JSON.
        "import json\njson.dumps = lambda *_, **__: '{}'\nreturn None",
        "import os\nos.write = lambda fd, text: len(text)\nreturn None",
        // The loop, replaced.
        "loop = asyncio.get_running_loop()\ntype(loop).settle = lambda self, limit: (0, 0, True)\nreturn None",
        // What the puppet says: more polls than can be counted, and more text than can be kept.
        "import sys\npuppet = sys.modules['puppet']\nold = puppet.told\ndef told(report):\n    for step in report['steps']:\n        for event in step:\n            if 'settled' in event:\n                event['settled'].update(polls=2**32 - 1, of_calls=2**32 - 1)\n    return old(report)\npuppet.told = told\nreturn None",
        "import sys\npuppet = sys.modules['puppet']\nold = puppet.told\ndef told(report):\n    for step in report['steps']:\n        step[:] = [{'noted': {'kind': 'unheard', 'arguments': ['y' * 900_000]}}]\n    return old(report)\npuppet.told = told\nreturn None",
        "import sys\npuppet = sys.modules['puppet']\nold = puppet.told\ndef told(report):\n    for step in report['steps']:\n        step.append({'noted': {'kind': 'odd', 'arguments': [[1] * 400_000]}})\n    return old(report)\npuppet.told = told\nreturn None",
        // Whatever hears of everything.
        "import sys\nsys.settrace(lambda *_: None)\nsys.addaudithook(lambda *_: None)\nreturn None",
        "import signal, os\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nos.kill(os.getppid(), 9)",
        "import atexit, os\natexit.register(print, 'passed')\nraise SystemExit(0)",
        "import subprocess\nsubprocess.run(['/bin/true'])",
        "import multiprocessing\nmultiprocessing.Process(target=print).start()",
        "held = []\nwhile True:\n    held.append(bytearray(1 << 24))",
        "def down():\n    down()\nimport sys\nsys.setrecursionlimit(1 << 30)\ndown()",
    ];
    for attack in attacks {
        let (_folder, path) = written("inflight_fix.py", &cache_that(attack));
        let given = until_one_fails("inflight_fix", &path, &["answered"]);
        assert_ne!(given.status, Status::Passed, "{attack}");
        assert_ne!(given.status, Status::InfraError, "{attack}");
        let answered = given.checks.iter().find(|check| check.id == "answered");
        let status = answered.map(|check| check.status);
        assert_ne!(status, Some(CheckStatus::Passed), "{attack}: {given:#?}");
    }
}

/// A service whose `hash` begins with these lines.
fn service_that(lines: &str) -> String {
    let lines = lines.replace('\n', "\n        ");
    format!(
        "import asyncio\nimport threading\nfrom kit import hash_password\n\nclass PasswordService:\n    def __init__(self, max_parallel):\n        self.max_parallel = max_parallel\n\n    async def hash(self, password):\n        {lines}\n"
    )
}

#[test]
fn no_attack_by_threads_passes() {
    if is_missing(Language::Python) {
        return;
    }
    let attacks = [
        // A process has a loop of its own, and none can be started.
        "from concurrent.futures import ProcessPoolExecutor\nloop = asyncio.get_running_loop()\nreturn await loop.run_in_executor(ProcessPoolExecutor(self.max_parallel), hash_password, password)",
        "import multiprocessing\nmultiprocessing.Process(target=hash_password, args=(password,)).start()",
        "import os\nif os.fork() == 0:\n    os._exit(0)",
        // The hash is on the loop, and another thread's number is told for it.
        "import _thread, hashes\nhashes._own_thread = lambda: 1\nreturn hash_password(password)",
        "import sys\nsys.modules['hashes']._own_thread = lambda: 1\nreturn hash_password(password)",
        // The kit's hash is never asked, or answers at once.
        "import kit\nkit._hash = lambda password: 'x' * 60\nreturn kit.hash_password(password)",
        "return '$2b$12$' + 'a' * 53",
        // It answers itself.
        "import sys\nrun = sys.modules['hashes'].Hashes.open\nthreading.Thread(target=hash_password, args=(password,)).start()\nrun.answer(1, {'ok': 'mine'})\nreturn 'mine'",
        // What it reports is a lie: no thread is held.
        "import sys\nrun = sys.modules['hashes'].Hashes.open\nrun._begun += 1\nrun._journal.append({'begun': {'operation': run._begun, 'kind': 'hash_password', 'arguments': [password], 'off_loop': True}})\nawait asyncio.sleep(1000)",
        // The loop is run by another thread, or the channel is read by one.
        "import sys\nframe = sys._getframe()\nwhile frame.f_back:\n    frame = frame.f_back\nthreading.Thread(target=frame.f_globals['boot']).start()\nreturn await asyncio.to_thread(hash_password, password)",
        "def swallow():\n    import os\n    for channel in range(3, 20):\n        try:\n            os.read(channel, 1 << 20)\n        except OSError:\n            pass\nthreading.Thread(target=swallow, daemon=True).start()\nreturn await asyncio.to_thread(hash_password, password)",
        // Threads without end, and one that keeps the interpreter busy.
        "while True:\n    threading.Thread(target=threading.Event().wait, daemon=True).start()",
        "def spin():\n    while True:\n        pass\nthreading.Thread(target=spin, daemon=True).start()\nreturn hash_password(password)",
        // It ends the process from another thread.
        "import os\nthreading.Thread(target=os._exit, args=(0,)).start()\nreturn await asyncio.to_thread(hash_password, password)",
    ];
    for attack in attacks {
        let (_folder, path) = written("offload.py", &service_that(attack));
        let given = grade("offload", &path);
        assert_ne!(given.status, Status::Passed, "{attack}");
        assert_ne!(given.status, Status::InfraError, "{attack}");
        // As much as the same service has without the attack: `to_thread` bounds nothing.
        assert!(given.score <= 64, "{attack}: {given:#?}");
    }
}

#[test]
fn only_a_drill_with_threads_lets_one_start() {
    if is_missing(Language::Python) {
        return;
    }
    let begins = "import threading\nthreading.Thread(target=print).start()\n";
    let refused = on(&format!("{begins}{}", cache_that("return None")));
    assert_eq!(refused.status, Status::CompileError, "{refused:#?}");
    let said = "threads have no part in this drill";
    assert!(refused.diagnostics.contains(said), "{refused:#?}");
    let reference = std::fs::read_to_string(root().join("solutions/offload/python/reference.py"));
    let begins = format!("{begins}{}", reference.expect("it is there"));
    let (_folder, path) = written("offload.py", &begins);
    assert_eq!(grade("offload", &path).status, Status::Passed);
}

/// The cache of a page's listing, as a submission.
fn cache_of(listing: &str) -> String {
    let path = format!("book/listings/python/{listing}.py");
    let text = std::fs::read_to_string(root().join(path)).expect("it is there");
    let (_, after) = text.split_once("class UserCache").expect("it has one");
    let (cache, _) = after.split_once("async def main").expect("it has one");
    format!("import asyncio\n\n\nclass UserCache{cache}")
}

#[test]
fn the_book_shows_the_verdicts_on_its_own_python() {
    if is_missing(Language::Python) {
        return;
    }
    let fix = "solutions/inflight_fix/python/wrong/well_known_fix.py";
    let fix = std::fs::read_to_string(root().join(fix)).expect("it is there");
    for (name, text) in [
        ("well_known_fix", fix),
        ("mini_drill", cache_of("mini_drill")),
        ("mini_drill_fixed", cache_of("mini_drill_fixed")),
    ] {
        let mut given = steady(&on(&text));
        "inflight_fix.py".clone_into(&mut given.submission);
        let said = human(&given).replace("; loaded in 0 ms, ran for 0 ms", "");
        let kept = root().join(format!("book/listings/graded/{name}.txt"));
        if std::env::var_os("RECORD").is_some() {
            std::fs::write(&kept, &said).expect("it is ours");
        }
        let recorded = std::fs::read_to_string(&kept).unwrap_or_default();
        assert_eq!(said, recorded, "{name}; RECORD=1 writes it anew");
    }
}

#[test]
fn a_learner_is_served_in_the_language_that_was_begun() {
    if is_missing(Language::Python) {
        return;
    }
    let course = Scratch::gradable();
    let reference = course.read("solutions/cache_race/python/reference.py");
    let file = "exercises/cache_race/python/cache_race.py";
    let stub = course.read(file);
    course.write(file, &reference);
    let graded = course.run(&["grade", "cache_race"]);
    assert_eq!(graded.code, 0, "{}{}", graded.out, graded.err);
    let list = course.run(&["list"]).out;
    let line = list.lines().find(|line| line.starts_with("cache_race"));
    let line = line.expect("it is listed");
    assert!(line.contains("not started"), "{line}");
    assert!(line.ends_with("; in Python: passed 100/100"), "{line}");
    let hint = course.run(&["hint", "cache_race"]).out;
    assert!(hint.contains("1. "), "{hint}");
    let shown = course.run(&["solution", "cache_race"]).out;
    assert_eq!(shown, reference);
    let reset = course.run(&["reset", "cache_race"]);
    assert!(reset.out.contains(file), "{}", reset.out);
    assert_eq!(course.read(file), stub);
    let backup = ".learner/backups/cache_race/python/1/cache_race.py";
    assert_eq!(course.read(backup), reference);
    let other = course.run(&["hint", "give_way", "--language", "python"]);
    assert_eq!(other.code, 2);
    assert!(other.err.contains("not there in Python"), "{}", other.err);
}

#[test]
fn the_tests_that_a_learner_sees_pass_on_the_reference_and_fail_on_the_stub() {
    PublicTests {
        language: Language::Python,
        kit: "kit.py",
        file: "test_public.py",
        arguments: &["-B", "-m", "unittest"],
        ran: |said| !said.contains("Ran 0 tests"),
    }
    .pass_on_the_reference_and_fail_on_the_stub();
}

#[test]
fn a_class_may_mix_languages_and_the_gradebook_says_which() {
    if is_missing(Language::Python) {
        return;
    }
    let class = tempfile::tempdir().expect("there is space");
    for (student, name, solution) in [
        ("ada", "cache_race.py", "python/reference.py"),
        ("bob", "cache_race.rs", "src/lib.rs"),
        ("cyd", "give_way.py", "python/reference.py"),
    ] {
        let folder = class.path().join("in").join(student);
        std::fs::create_dir_all(&folder).expect("it is ours");
        let solution = root().join("solutions/cache_race").join(solution);
        std::fs::copy(solution, folder.join(name)).expect("it is there");
    }
    let mut batch = program();
    batch
        .arg("--course")
        .arg(root())
        .arg("batch")
        .arg(class.path().join("in"));
    batch.arg("--out").arg(class.path().join("out"));
    let said = Said::by(&mut batch);
    let book = std::fs::read_to_string(class.path().join("out/gradebook.csv"));
    let book = book.unwrap_or_else(|why| panic!("{why}: {}", said.err));
    let row = |name: &str| book.lines().find(|line| line.starts_with(name));
    let row = |name: &str| row(name).unwrap_or_else(|| panic!("{name} in {book}"));
    assert!(row("ada").contains(",100,passed in Python,"), "{book}");
    assert!(row("bob").contains(",100,passed,"), "{book}");
    assert!(row("cyd").contains(",0,rejected in Python,"), "{book}");
}

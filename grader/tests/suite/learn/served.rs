//! The server: its answers.

use std::net::{Ipv4Addr, TcpListener};

use super::{Learning, going_on, ungraded};
use crate::courses::Said;

#[test]
fn files_are_what_they_say_and_are_sent_again_only_when_they_changed() {
    let course = ungraded();
    let learning = Learning::begin(&course);
    let page = learning.get("/index.html");
    assert_eq!(
        page.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    let script = page.body.split("src=\"").find_map(|rest| {
        let name = rest.split('"').next()?;
        name.ends_with(".js").then(|| format!("/{name}"))
    });
    let script = learning.get(&script.expect("the page has a script"));
    assert_eq!(script.status, 200);
    assert_eq!(
        script.header("content-type"),
        Some("text/javascript; charset=utf-8")
    );

    let head = learning.ask("HEAD", "/index.html", &[]);
    assert_eq!((head.status, &*head.body), (200, ""));
    for name in ["content-length", "content-type", "etag"] {
        assert_eq!(head.header(name), page.header(name), "{name}");
    }
    let etag = page.header("etag").unwrap();
    for list in [etag.to_owned(), format!("\"x\", W/{etag}")] {
        let known = learning.ask("GET", "/index.html", &[("if-none-match", &list)]);
        assert_eq!((known.status, &*known.body), (304, ""), "{list}");
    }
    let other = learning.ask("GET", "/index.html", &[("if-none-match", "\"x\"")]);
    assert_eq!(other.status, 200);
    for (method, path) in [
        ("POST", "/index.html"),
        ("DELETE", "/"),
        ("PUT", "/learn/state"),
    ] {
        let answer = learning.ask(method, path, &[("content-length", "0")]);
        assert_eq!(answer.status, 405, "{method}");
        assert!(answer.header("allow").is_some());
    }
    let missing = learning.get("/no_such_page.html");
    assert_eq!(missing.status, 404);
    assert_eq!(
        missing.header("content-type"),
        Some("text/html; charset=utf-8")
    );
}

#[test]
fn a_listener_gets_the_whole_state_and_then_every_change() {
    let course = ungraded();
    let learning = Learning::begin(&course);
    let mut tabs = [learning.listen(), learning.listen(), learning.listen()];
    for tab in &mut tabs {
        let (name, state) = tab.next();
        assert_eq!(name, "state");
        assert_eq!(state["course"], "Small");
        let slugs: Vec<&str> = state["drills"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|drill| drill["language"] == "rust")
            .map(|drill| drill["slug"].as_str().unwrap())
            .collect();
        assert_eq!(slugs, grader::drills::slugs());
        assert_eq!(state["drills"][0]["hints"].as_array().unwrap().len(), 0);
    }
    let answer = learning.post("/learn/drills/cache_race/hint").json();
    for tab in &mut tabs {
        let told = tab.next_drill();
        assert_eq!(told, answer);
        assert_eq!(told["slug"], "cache_race");
        assert_eq!(told["hints"].as_array().unwrap().len(), 1);
        assert_eq!(told["more_hints"], true);
    }
    // One tab is closed; the others stay.
    let [gone, mut stays, _] = tabs;
    drop(gone);
    learning.post("/learn/drills/cache_race/hint");
    assert_eq!(stays.next_drill()["hints"].as_array().unwrap().len(), 2);
}

#[test]
fn a_course_that_cannot_grade_still_has_its_book_and_says_why() {
    let course = ungraded();
    let learning = Learning::begin(&course);
    let patience = std::time::Instant::now() + super::PATIENCE;
    let prepare = loop {
        let prepare = learning.state()["prepare"].clone();
        if prepare["phase"] == "failed" {
            break prepare;
        }
        assert!(std::time::Instant::now() < patience, "{prepare}");
        std::thread::sleep(super::TICK);
    };
    assert!(
        prepare["words"]
            .as_str()
            .unwrap()
            .contains("is the course complete?")
    );
    assert_eq!(learning.get("/one.html").status, 200);
    assert_eq!(learning.drill("cache_race")["phase"], "waiting");
}

#[test]
fn the_stub_is_put_back_from_the_page_and_what_was_there_is_kept() {
    let course = ungraded();
    let learning = Learning::begin(&course);
    course.write("exercises/cache_race/src/lib.rs", "// mine\n");
    let reset = || {
        let answer = learning.post("/learn/drills/cache_race/reset");
        assert_eq!(answer.status, 200);
        answer.json()
    };
    assert_eq!(
        reset(),
        serde_json::json!({"already": false, "backup": ".learner/backups/cache_race/1"})
    );
    let stub = course.read("solutions/cache_race/stub.rs");
    assert_eq!(course.read("exercises/cache_race/src/lib.rs"), stub);
    assert_eq!(
        course.read(".learner/backups/cache_race/1/lib.rs"),
        "// mine\n"
    );
    assert_eq!(
        reset(),
        serde_json::json!({"already": true, "backup": null})
    );
    std::fs::remove_file(course.path("exercises/cache_race/src/lib.rs")).unwrap();
    assert_eq!(
        reset(),
        serde_json::json!({"already": false, "backup": null})
    );
    assert_eq!(course.read("exercises/cache_race/src/lib.rs"), stub);
    assert!(!course.path(".learner/backups/cache_race/2").exists());
    for path in ["drills/no_such/reset", "drills/cache_race/erase", "reset"] {
        assert_eq!(
            learning.post(&format!("/learn/{path}")).status,
            404,
            "{path}"
        );
    }
}

#[test]
fn the_reference_is_shown_once_the_drill_was_passed() {
    let course = ungraded();
    let learning = Learning::begin(&course);
    let path = "/learn/drills/cache_race/solution";
    let early = learning.get(path);
    assert_eq!(early.status, 403);
    assert!(
        early.json()["error"]
            .as_str()
            .unwrap()
            .contains("not passed")
    );
    course.write(
        ".learner/state.json",
        r#"{"drills": {"cache_race": {"passed": {"sha256": "of an older text", "grader": "0.0.1"}}}}"#,
    );
    let shown = learning.get(path).json();
    assert_eq!(
        shown["reference"],
        course.read("solutions/cache_race/src/lib.rs")
    );
    assert_eq!(
        shown["yours"],
        course.read("exercises/cache_race/src/lib.rs")
    );
}

#[test]
fn a_port_that_is_taken_is_said_so_and_a_free_one_found() {
    let course = ungraded();
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let said = Said::by(
        course
            .command(&["learn", "--port", &port])
            .timeout(super::PATIENCE),
    );
    assert_eq!(said.code, 2);
    assert!(
        said.err.contains(&port) && said.err.contains("leave `--port` out"),
        "{}",
        said.err
    );
    let said = Said::by(
        course
            .command(&["learn", "--editor", "vim"])
            .timeout(super::PATIENCE),
    );
    assert_eq!(said.code, 2);
    assert!(
        said.err.contains("`vim` is not a known editor"),
        "{}",
        said.err
    );
    // Without a given port, two servers find one each.
    let mut command = going_on(&course, &["learn"]);
    command.stdin(std::process::Stdio::null());
    let mut one = Learning::spawned(command);
    let mut command = going_on(&course, &["learn"]);
    command.stdin(std::process::Stdio::null());
    let mut two = Learning::spawned(command);
    assert_ne!(one.port, two.port);
    for learning in [&mut one, &mut two] {
        assert!(learning.line().starts_with("not ready to grade: "));
    }
}

#[test]
#[cfg(target_os = "linux")]
fn the_book_is_opened_in_a_browser_when_that_is_asked_for() {
    let course = ungraded();
    let begin = |script: &str| {
        let mut command = going_on(&course, &["learn", "--port", "0", "--open"]);
        command.env("PATH", super::path_with_openers(&course, script));
        command.stdin(std::process::Stdio::null());
        Learning::spawned(command)
    };
    let learning = begin("printf %s \"$1\" >opened");
    let address = learning.address();
    let opened = || std::fs::read_to_string(course.path("opened")).unwrap_or_default();
    let patience = std::time::Instant::now() + super::PATIENCE;
    while opened().is_empty() {
        assert!(std::time::Instant::now() < patience, "nothing was opened");
        std::thread::sleep(super::TICK);
    }
    assert_eq!(opened(), address);
    drop(learning);

    let mut learning = begin("exit 3");
    let address = learning.address();
    let said = format!("no browser could be started; open {address} in one\n");
    let mut line = String::new();
    while line != said {
        // Other events come as well.
        line = learning.line();
        assert!(!line.is_empty(), "never said: {said}");
    }
}

#[test]
fn a_language_that_the_machine_lacks_is_said_in_its_tab_and_nowhere_else() {
    let course = ungraded();
    let mut command = going_on(&course, &["learn", "--port", "0"]);
    command.stdin(std::process::Stdio::null());
    command.env("PATH", course.path("nothing"));
    let learning = Learning::spawned(command);
    let drill = learning.drill("cache_race/python");
    assert_eq!(drill["phase"], "error");
    let words = drill["words"].as_str().expect("it is text");
    assert!(
        words.contains("install it (on Debian: `apt install python3`)"),
        "{words}"
    );
    assert!(!words.contains('\n'), "{words}");
    assert_eq!(learning.drill("cache_race")["words"], "");
    // What it has never been written in has no tab.
    let state = learning.state();
    let drills = state["drills"].as_array().expect("a list");
    assert!(
        drills
            .iter()
            .all(|drill| drill["id"] != "loop_monitor/python")
    );
}

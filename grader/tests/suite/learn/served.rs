//! The server: what it gives to whom.

use std::net::{Ipv4Addr, TcpListener};

use super::{Learning, going_on, with_small_book};
use crate::courses::{Said, Scratch};

/// A course that cannot grade: it has no grader's sources.
fn course() -> Scratch {
    let course = Scratch::new();
    with_small_book(&course);
    course
}

#[test]
fn a_page_carries_its_token_and_may_load_nothing_from_elsewhere() {
    let course = course();
    let learning = Learning::begin(&course);
    let token = learning.state()["token"].as_str().unwrap().to_owned();
    let page = learning.get("/one.html");
    assert_eq!(page.status, 200);
    let meta = format!("<meta name=\"learn-token\" content=\"{token}\">");
    assert_eq!(page.body.matches(&meta).count(), 1);
    assert!(page.body.find(&meta) < page.body.find("</head>"));
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"));
    assert!(policy.contains("connect-src 'self'") && policy.contains("frame-ancestors 'none'"));
    assert!(!policy.contains("unsafe-inline") && !policy.contains("unsafe-eval"));
    // Every answer has them, whatever it says.
    for path in [
        "/one.html",
        "/no/such/page",
        "/learn/state",
        "/learn/nothing",
    ] {
        let answer = learning.get(path);
        assert_eq!(
            answer.header("content-security-policy"),
            Some(policy),
            "{path}"
        );
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("cache-control"), Some("no-cache"));
        assert_eq!(
            answer.header("cross-origin-resource-policy"),
            Some("same-origin")
        );
        assert_eq!(answer.header("access-control-allow-origin"), None);
    }
    // Another start has another token.
    drop(learning);
    let again = Learning::begin(&course);
    assert_ne!(again.state()["token"], token.as_str());
}

#[test]
fn what_is_asked_for_under_another_name_is_refused() {
    let course = course();
    let learning = Learning::begin(&course);
    let port = learning.port;
    let with_host = |host: &str| {
        let request = format!("GET /learn/state HTTP/1.1\r\n{host}connection: close\r\n\r\n");
        learning.send(&request).status
    };
    for name in ["127.0.0.1", "localhost", "LocalHost", "[::1]"] {
        assert_eq!(
            with_host(&format!("host: {name}:{port}\r\n")),
            200,
            "{name}"
        );
    }
    let evil = [
        format!("host: evil.example:{port}\r\n"),
        format!("host: 127.0.0.1.evil.example:{port}\r\n"),
        format!("host: localhost:{}\r\n", port.wrapping_add(1)),
        "host: localhost\r\n".to_owned(),
        "host: \r\n".to_owned(),
        format!("host: localhost:{port}\r\nhost: evil.example\r\n"),
        String::new(),
    ];
    for host in evil {
        let status = with_host(&host);
        assert!(status == 403 || status == 400, "{host:?}: {status}");
    }
    // The book as well, and what changes something.
    for (method, path) in [("GET", "/"), ("POST", "/learn/drills/cache_race/hint")] {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
        );
        assert_eq!(learning.send(&request).status, 403, "{path}");
    }
    // A page of another site, as far as the browser says.
    let elsewhere = learning.ask("GET", "/learn/state", &[("sec-fetch-site", "cross-site")]);
    assert_eq!(elsewhere.status, 403);
    let ours = learning.ask("GET", "/learn/state", &[("sec-fetch-site", "same-origin")]);
    assert_eq!(ours.status, 200);
}

#[test]
fn nothing_is_changed_without_the_token_of_a_page() {
    let course = course();
    let learning = Learning::begin(&course);
    let path = "/learn/drills/cache_race/hint";
    let token = learning.state()["token"].as_str().unwrap().to_owned();
    let mut other = token.clone();
    other.replace_range(..1, if token.starts_with('0') { "1" } else { "0" });
    for wrong in ["", &other, &token[1..], &format!("{token}0")] {
        let answer = learning.ask(
            "POST",
            path,
            &[("x-learn-token", wrong), ("content-length", "0")],
        );
        assert_eq!(answer.status, 403, "{wrong}");
        assert!(answer.json()["error"].is_string());
    }
    assert_eq!(
        learning
            .ask("POST", path, &[("content-length", "0")])
            .status,
        403
    );
    assert!(
        !course.path(".learner/state.json").exists()
            || !course
                .read(".learner/state.json")
                .contains("\"hints_shown\": 1")
    );
    // With it, and never by reading.
    assert_eq!(learning.get(path).status, 404);
    assert_eq!(learning.post(path).status, 200);
    assert_eq!(
        learning.drill("cache_race")["hints"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn no_path_leads_out_of_the_book() {
    let course = course();
    course.write("secret.txt", "a secret");
    course.write("book/../exercises/secret.txt", "a secret");
    let learning = Learning::begin(&course);
    for path in [
        "/../secret.txt",
        "/../../../../../../etc/passwd",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/..%5csecret.txt",
        "/one.html/../../secret.txt",
        "/./one.html",
        "//one.html",
        "/one.html/",
        "//etc/passwd",
        "/etc/passwd",
        "/one.html%00.js",
        "/book.toml",
        "/css/",
        "/css",
        "/learn/../secret.txt",
        "/learn/drills/../../solutions/cache_race/src/lib.rs",
        "/learn/drills/..%2f..%2f/solution",
        "/learn/drills//solution",
        "/learn/drills/%00/solution",
    ] {
        let answer = learning.get(path);
        assert_eq!(answer.status, 404, "{path}");
        assert!(
            !answer.body.contains("a secret") && !answer.body.contains("root:"),
            "{path}"
        );
    }
    assert_eq!(learning.get("/").status, 200);
    assert_eq!(learning.get("/one.html?query=1").status, 200);
}

#[test]
fn files_are_what_they_say_and_are_sent_again_only_when_they_changed() {
    let course = course();
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
fn who_listens_hears_the_whole_state_and_then_every_change() {
    let course = course();
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
            .map(|drill| drill["slug"].as_str().unwrap())
            .collect();
        assert_eq!(slugs, ["cache_race", "inflight_fix", "offload"]);
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
    // One tab goes; the others stay.
    let [gone, mut stays, _] = tabs;
    drop(gone);
    learning.post("/learn/drills/cache_race/hint");
    assert_eq!(stays.next_drill()["hints"].as_array().unwrap().len(), 2);
}

#[test]
fn a_course_that_cannot_grade_still_has_its_book_and_says_why() {
    let course = course();
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
    let course = course();
    let learning = Learning::begin(&course);
    course.write("exercises/cache_race/src/lib.rs", "// mine\n");
    assert_eq!(learning.post("/learn/drills/cache_race/reset").status, 200);
    let stub = course.read("solutions/cache_race/stub.rs");
    assert_eq!(course.read("exercises/cache_race/src/lib.rs"), stub);
    assert_eq!(
        course.read(".learner/backups/cache_race/1/lib.rs"),
        "// mine\n"
    );
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
    let course = course();
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
    let course = course();
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
        said.err.contains("`vim` is no editor known here"),
        "{}",
        said.err
    );
    // Without a port asked for, two find a place each.
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
    let course = course();
    let begin = |script: &str| {
        let mut command = going_on(&course, &["learn", "--port", "0", "--open"]);
        command.env("PATH", super::path_with_openers(&course, script));
        command.stdin(std::process::Stdio::null());
        Learning::spawned(command)
    };
    let learning = begin("printf %s \"$1\" >opened");
    let address = format!("http://127.0.0.1:{}/", learning.port);
    let opened = || std::fs::read_to_string(course.path("opened")).unwrap_or_default();
    let patience = std::time::Instant::now() + super::PATIENCE;
    while opened().is_empty() {
        assert!(std::time::Instant::now() < patience, "nothing was opened");
        std::thread::sleep(super::TICK);
    }
    assert_eq!(opened(), address);
    drop(learning);

    let mut learning = begin("exit 3");
    let address = format!("http://127.0.0.1:{}/", learning.port);
    let said = format!("no browser could be started; open {address} in one\n");
    let mut line = String::new();
    while line != said {
        // Other things are said as well.
        line = learning.line();
        assert!(!line.is_empty(), "never said: {said}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn another_user_of_the_machine_gets_nothing() {
    use crate::unprivileged::{are_root, run};
    if !are_root() {
        // Only root can become somebody else to try it.
        return;
    }
    let course = course();
    let learning = Learning::begin(&course);
    let script = "import sys, urllib.error, urllib.request\nfor path in ['/', '/learn/state']:\n  try:\n    \
        urllib.request.urlopen(sys.argv[1] + path)\n    print('let in')\n  \
        except urllib.error.HTTPError as error:\n    print(error.code, error.read().decode())\n";
    let mut python = std::process::Command::new("python3");
    python.args([
        "-I",
        "-c",
        script,
        &format!("http://127.0.0.1:{}", learning.port),
    ]);
    python.current_dir("/");
    let Some(output) = run(python, &[]) else {
        return;
    };
    let refusal = "403 {\"error\":\"this is served to the user who started it only\"}\n";
    assert_eq!(String::from_utf8_lossy(&output.stdout), refusal.repeat(2));
    assert_eq!(learning.get("/").status, 200);
}

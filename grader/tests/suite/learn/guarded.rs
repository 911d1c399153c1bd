//! The server: who gets nothing, and what no page may do.

use super::{Learning, ungraded};

#[test]
fn a_page_carries_its_token_and_may_load_nothing_from_elsewhere() {
    let course = ungraded();
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
    let course = ungraded();
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
    let course = ungraded();
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
    let course = ungraded();
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
#[cfg(target_os = "linux")]
fn another_user_of_the_machine_gets_nothing() {
    use crate::unprivileged::{NO_MOUNTS, are_root, not_tried, run};
    let what = "a page for another user of the machine";
    if !are_root() {
        return not_tried(what, "only root can become somebody else");
    }
    let course = ungraded();
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
        return not_tried(what, NO_MOUNTS);
    };
    let refusal = "403 {\"error\":\"this is served to the user who started it only\"}\n";
    assert_eq!(String::from_utf8_lossy(&output.stdout), refusal.repeat(2));
    assert_eq!(learning.get("/").status, 200);
}

//! The server: requests that get nothing, and things that no page may do.

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
    // Another start has another token but the same key, so open pages keep working.
    let key = learning.key.clone();
    drop(learning);
    let again = Learning::begin(&course);
    assert_ne!(again.state()["token"], token.as_str());
    assert_eq!(again.key, key);
}

#[test]
fn what_is_asked_for_under_another_name_is_refused() {
    let course = ungraded();
    let learning = Learning::begin(&course);
    let port = learning.port;
    let with_host = |host: &str| {
        let cookie = learning.cookie();
        let request =
            format!("GET /learn/state HTTP/1.1\r\n{host}{cookie}connection: close\r\n\r\n");
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
    // The book as well, and requests that change something.
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
    // With the token, and never by a reading request.
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
fn without_the_key_a_client_gets_nothing_and_with_it_a_cookie() {
    let course = ungraded();
    let learning = Learning::begin(&course);
    let (port, key) = (learning.port, &learning.key);
    let token = learning.state()["token"].as_str().unwrap().to_owned();
    let wrong = [
        String::new(),
        format!("cookie: learn-{port}=\r\n"),
        format!("cookie: learn-{port}={}\r\n", "0".repeat(16)),
        format!("cookie: learn-{}={key}\r\n", port.wrapping_add(1)),
    ];
    for cookie in &wrong {
        for (method, path) in [
            ("GET", "/"),
            ("GET", "/one.html?key="),
            ("HEAD", "/one.html"),
            ("GET", "/learn/state"),
            ("GET", "/learn/events"),
            ("GET", "/no/such/page"),
            ("POST", "/learn/drills/cache_race/reset"),
        ] {
            let given = [("x-learn-token", &*token), ("content-length", "0")];
            let answer = learning.ask_as(cookie, method, path, &given);
            assert_eq!(answer.status, 403, "{cookie:?} {path}");
            assert!(!answer.body.contains(&token) && !answer.body.contains(&**key));
        }
    }
    for (path, place) in [
        ("/", "/"),
        ("/one.html", "/one.html"),
        ("//evil.example/", "/evil.example/"),
    ] {
        let answer = learning.ask_as("", "GET", &format!("{path}?key={key}"), &[]);
        assert_eq!(
            (answer.status, answer.header("location")),
            (303, Some(place))
        );
        let cookie = format!("learn-{port}={key}; Path=/; HttpOnly; SameSite=Strict");
        assert_eq!(answer.header("set-cookie"), Some(&*cookie));
    }
    // A key under another name lets nobody in.
    let request =
        format!("GET /?key={key} HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n");
    let answer = learning.send(&request);
    assert_eq!((answer.status, answer.header("set-cookie")), (403, None));
}

/// Neither connections that send nothing nor those that never finish a request.
#[test]
fn connections_that_show_no_key_keep_nobody_out() {
    use std::io::Write;
    let course = ungraded();
    let learning = Learning::begin(&course);
    let mut tab = learning.listen();
    assert_eq!(tab.next().0, "state");
    let idle: Vec<_> = (0..300)
        .map(|number| {
            let mut stream = std::net::TcpStream::connect(("127.0.0.1", learning.port)).unwrap();
            if number % 2 == 0 {
                stream.write_all(b"GET / HTTP/1.1\r\nx: ").unwrap();
            }
            stream
        })
        .collect();
    assert_eq!(learning.get("/").status, 200);
    // A connection that showed the key goes on.
    learning.post("/learn/drills/cache_race/hint");
    assert_eq!(tab.next_drill()["slug"], "cache_race");
    drop(idle);
}

#[test]
#[cfg(target_os = "linux")]
fn another_user_of_the_machine_gets_nothing_even_with_the_key_and_its_cookie() {
    use crate::unprivileged::{NO_MOUNTS, are_root, not_tried, run};
    let what = "a page for another user of the machine";
    if !are_root() {
        return not_tried(what, "only root can become somebody else");
    }
    let course = ungraded();
    let learning = Learning::begin(&course);
    let script = "import sys, urllib.error, urllib.request\nfor host in ['127.0.0.1', '[::ffff:127.0.0.1]']:\n  \
        for path in ['/', '/learn/state', '/?key=' + sys.argv[2]]:\n    \
        request = urllib.request.Request('http://' + host + ':' + sys.argv[1] + path, headers={'Host': 'localhost:' + sys.argv[1], 'Cookie': 'learn-' + sys.argv[1] + '=' + sys.argv[2]})\n    \
        try:\n      urllib.request.urlopen(request)\n      print('let in')\n    \
        except urllib.error.HTTPError as error:\n      print(error.code, error.headers.get('set-cookie'))\n";
    let mut python = std::process::Command::new("python3");
    python.args([
        "-I",
        "-c",
        script,
        &learning.port.to_string(),
        &learning.key,
    ]);
    python.current_dir("/");
    let Some(output) = run(python, &[]) else {
        return not_tried(what, NO_MOUNTS);
    };
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "403 None\n".repeat(6)
    );
    assert_eq!(learning.get("/").status, 200);
}

//! The picture.

use super::*;

/// The numbers of a picture, as JSON has them.
const LATENCY: [&str; 9] = [
    "hashed",
    "max_ms",
    "method",
    "p50_ms",
    "p99_ms",
    "polls",
    "stalls",
    "waits",
    "window_ms",
];

fn keys(value: &Value) -> Vec<&str> {
    let object = value.as_object().expect("an object");
    object.keys().map(String::as_str).collect()
}

/// The long stalls of a series: their number is a fact, their lengths depend on
/// the machine.
fn long_stalls(series: &Value) -> usize {
    let stalls = series["stalls"].as_array().expect("a list");
    let length = |stall: &Value| stall[1].as_f64().expect("a number");
    let longest = stalls.iter().map(length).fold(0.0, f64::max);
    let is_long = |stall: &&Value| length(stall) > longest / 10.0;
    stalls.iter().filter(is_long).count()
}

#[test]
fn a_verdict_on_this_drill_has_a_picture_of_the_loop() {
    let course = Scratch::gradable();
    let said = course.run(&["grade", DRILL, RIGHT, "--format", "json"]);
    assert_eq!(said.code, 0, "{}", said.all());
    let verdicts: Value = serde_json::from_str(&said.out).expect(&said.out);
    let metrics = &verdicts[0]["metrics"];
    assert_eq!(
        keys(metrics),
        [
            "compile_ms",
            "fetches",
            "loop_latency",
            "loop_stall_max_ms",
            "operations",
            "run_ms",
            "schedules",
            "stub_loop_latency",
            "unexplored"
        ]
    );
    let (yours, stub) = (&metrics["loop_latency"], &metrics["stub_loop_latency"]);
    for latency in [yours, stub] {
        assert_eq!(keys(latency), LATENCY);
        assert_eq!(latency["hashed"], PASSWORDS);
        let pairs = |name: &str| latency[name].as_array().expect(name).clone();
        for pair in pairs("stalls").iter().chain(&pairs("waits")) {
            assert_eq!(pair.as_array().map(Vec::len), Some(2), "{pair}");
        }
    }
    assert_eq!(metrics["loop_stall_max_ms"], yours["max_ms"]);
    assert_eq!(long_stalls(stub), PASSWORDS);
}

#[test]
fn a_drill_in_virtual_time_has_no_picture() {
    let course = Scratch::gradable();
    let path = "solutions/cache_race/src/lib.rs";
    let said = course.run(&["grade", "cache_race", path, "--format", "json"]);
    assert_eq!(said.code, 0, "{}", said.all());
    let verdicts: Value = serde_json::from_str(&said.out).expect(&said.out);
    let metrics = &verdicts[0]["metrics"];
    assert_eq!(metrics["loop_stall_max_ms"], Value::Null);
    let pictures = ["loop_latency", "stub_loop_latency"];
    assert!(pictures.iter().all(|key| metrics.get(key).is_none()));
}

#[test]
fn the_loop_s_picture_as_json_has_the_stub_first_and_a_stall_for_each_of_its_hashes() {
    let course = Scratch::gradable();
    let said = course.run(&["latency", DRILL, RIGHT, "--format", "json"]);
    assert_eq!(said.code, 0, "{}", said.all());
    let picture: Value = serde_json::from_str(&said.out).expect(&said.out);
    assert_eq!(keys(&picture), ["series", "unit"]);
    assert_eq!(picture["unit"], "ms");
    let series = picture["series"].as_array().expect("a list");
    let names: Vec<&Value> = series.iter().map(|it| &it["name"]).collect();
    assert_eq!(names, ["stub", "yours"]);
    for one in series {
        assert_eq!(
            keys(one),
            [
                "max", "method", "name", "p50", "p99", "stalls", "waits", "window"
            ]
        );
    }
    assert_eq!(long_stalls(&series[0]), PASSWORDS);
}

/// The picture in words without what differs from run to run: numbers, cells, and the
/// width that they need.
fn without_measures(text: &str) -> String {
    let mut steady = String::new();
    for line in text.lines() {
        let is_cell = |letter: char| ['▁', '█'].contains(&letter);
        // A strip, with the cells after its end.
        let line = match (line.find(is_cell), line.find(" longest stall")) {
            (Some(from), Some(to)) => {
                assert_eq!(line[from..to].chars().count(), 50, "{line}");
                format!("{}[50 cells]{}", &line[..from], &line[to..])
            }
            _ => line.to_owned(),
        };
        let words = line.split_whitespace().map(|word| {
            let number = word.trim_end_matches(',');
            match number.parse::<f64>() {
                Ok(_) => word.replace(number, "#"),
                Err(_) => word.to_owned(),
            }
        });
        steady.push_str(&words.collect::<Vec<_>>().join(" "));
        steady.push('\n');
    }
    for method in ["run_queue_corrected", "thread_cpu_time"] {
        steady = steady.replace(method, "[method]");
    }
    steady
}

#[test]
fn the_loop_s_picture_is_drawn_beside_the_stub_s() {
    let course = Scratch::gradable();
    let said = course.run(&["latency", DRILL, RIGHT]);
    assert_eq!(said.code, 0, "{}", said.all());
    insta::assert_snapshot!(without_measures(&said.out));
}

#[test]
fn the_reference_hashes_every_password_of_the_picture() {
    let watched = GRADER.watch(drill(), &root().join(RIGHT));
    let latency = watched.expect("the machine is able").expect("it compiles");
    assert_eq!(latency.hashed as usize, PASSWORDS);
    assert!(latency.polls > 0 && !latency.waits.is_empty());
}

#[test]
fn there_is_no_picture_of_a_drill_in_virtual_time() {
    let course = Scratch::new();
    let said = course.run(&["latency", "cache_race"]);
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    insta::assert_snapshot!(said.err);
}

#[test]
fn there_is_no_picture_of_what_does_not_compile() {
    let course = Scratch::gradable();
    course.write("broken.rs", "pub struct PasswordService {");
    let said: Said = course.run(&["latency", DRILL, "broken.rs"]);
    assert_eq!(said.code, 1, "{}", said.all());
    assert!(said.out.contains("unclosed delimiter"), "{}", said.out);
    assert!(!said.out.contains('▁'), "{}", said.out);
}

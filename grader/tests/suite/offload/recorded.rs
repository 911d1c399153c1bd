//! The loop's picture in the book: that it agrees with itself, and that the page says what it says.

use super::*;

/// What of a wait may be left that no stall accounts for, in milliseconds and as a share of the wait: the handler's
/// own work and the way to it.
const UNEXPLAINED: (f64, f64) = (10.0, 0.1);

fn recorded() -> Value {
    let path = root().join("book/interactive/traces/offload.json");
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn pairs(series: &Value, name: &str) -> Vec<(f64, f64)> {
    let number = |value: &Value| value.as_f64().expect("a number");
    let all = series[name].as_array().expect(name).iter();
    all.map(|pair| (number(&pair[0]), number(&pair[1])))
        .collect()
}

/// What cannot be in one series of a picture, if anything is.
fn contradiction(series: &Value) -> Option<String> {
    let (stalls, waits) = (pairs(series, "stalls"), pairs(series, "waits"));
    let number = |name: &str| series[name].as_f64().unwrap_or(f64::NAN);
    let end = number("window");
    // Times are kept in microseconds.
    let after = |one: f64, other: f64| one > other + 0.002;
    if waits.is_empty() || end.is_nan() {
        return Some("nobody waited, or nobody knows how long it was watched".to_owned());
    }
    for (at, took) in stalls.iter().chain(&waits) {
        if *at < 0.0 || *took < 0.0 || after(at + took, end) {
            return Some(format!("{took} from {at} on is not within {end}"));
        }
    }
    for pair in stalls.windows(2) {
        if after(pair[0].0 + pair[0].1, pair[1].0) {
            return Some(format!("two stalls at a time: {pair:?}"));
        }
    }
    let longest = stalls.iter().map(|(_, took)| *took).fold(0.0, f64::max);
    if !stalls.is_empty() && (longest - number("max")).abs() > 0.002 {
        return Some(format!(
            "the longest stall is {longest}, and said to be {}",
            series["max"]
        ));
    }
    // A request that waits while the loop is free waited for the machine, and that is another picture.
    let unexplained = |(due, late): &(f64, f64)| {
        let stalled = stalls
            .iter()
            .map(|(at, took)| ((at + took).min(due + late) - at.max(*due)).max(0.0));
        let free = late - stalled.sum::<f64>();
        free > UNEXPLAINED.0 + UNEXPLAINED.1 * late
    };
    let (due, late) = waits.iter().find(|wait| unexplained(wait))?;
    Some(format!(
        "a request that was due at {due} waited for {late}, and the loop was free"
    ))
}

#[test]
fn a_recording_agrees_with_itself() {
    let recorded = recorded();
    assert_eq!(recorded["unit"], "ms");
    let series = recorded["series"].as_array().unwrap();
    assert_eq!(series.len(), 2);
    for one in series {
        assert_eq!(
            contradiction(one),
            None,
            "{}; record it on a quiet machine",
            one["name"]
        );
    }
    assert_eq!(
        pairs(&series[0], "stalls")
            .iter()
            .filter(|(_, took)| *took > 50.0)
            .count(),
        PASSWORDS
    );
    assert_eq!(
        pairs(&series[1], "stalls")
            .iter()
            .filter(|(_, took)| *took > 5.0)
            .count(),
        0
    );
}

#[test]
fn what_contradicts_itself_is_found() {
    let series = |window: f64, max: f64, stalls: &[(f64, f64)], waits: &[(f64, f64)]| serde_json::json!({ "window": window, "max": max, "stalls": stalls, "waits": waits });
    let right = series(
        500.0,
        240.0,
        &[(20.0, 240.0), (262.0, 230.0)],
        &[(0.0, 1.0), (30.0, 465.0)],
    );
    assert_eq!(contradiction(&right), None);
    for (wrong, why) in [
        // As it was once recorded beside busy neighbours: the second hash took 440 ms of a clock on the wall.
        (
            series(
                880.0,
                239.7,
                &[(24.5, 239.7), (465.2, 237.7)],
                &[(21.0, 855.0)],
            ),
            "the loop was free",
        ),
        (
            series(703.0, 240.0, &[(20.0, 240.0)], &[(21.0, 855.0)]),
            "not within",
        ),
        (
            series(
                500.0,
                240.0,
                &[(20.0, 240.0), (200.0, 230.0)],
                &[(0.0, 1.0)],
            ),
            "two stalls at a time",
        ),
        (
            series(500.0, 100.0, &[(20.0, 240.0)], &[(0.0, 1.0)]),
            "longest stall",
        ),
        (
            series(500.0, 0.1, &[], &[(90.0, 62.0)]),
            "the loop was free",
        ),
        (series(500.0, 0.1, &[], &[]), "nobody waited"),
    ] {
        let found = contradiction(&wrong).expect(why);
        assert!(found.contains(why), "{found}");
    }
}

/// What the strip shows to those who do not see it: the same figures, as a table.
#[test]
fn the_table_beside_the_strip_says_what_was_recorded_and_where() {
    let page = fs::read_to_string(root().join("book/offload.md")).unwrap();
    let recorded = recorded();
    let told = |time: f64| format!("{time:.*} ms", usize::from(0.0 < time && time < 10.0));
    for series in recorded["series"].as_array().unwrap() {
        let stalls = pairs(series, "stalls");
        let mut waits: Vec<f64> = pairs(series, "waits")
            .iter()
            .map(|(_, late)| *late)
            .collect();
        waits.sort_by(f64::total_cmp);
        let row = format!(
            "| {} | {} | {} | {} | {} |",
            series["name"].as_str().unwrap(),
            told(stalls.iter().map(|(_, took)| *took).fold(0.0, f64::max)),
            waits.len(),
            told(waits[waits.len() / 2]),
            told(waits[waits.len() - 1]),
        );
        assert!(page.contains(&row), "{row}");
    }
    let machine = recorded["machine"].as_str().expect("it is named");
    assert!(
        page.contains(&format!("Measured on {machine}.")),
        "{machine}"
    );
}

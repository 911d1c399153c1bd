//! The experiments that measure run to their end, in small, and lose nothing.
//! What they measure is never asserted.

use std::process::Command;

#[track_caller]
fn table(program: &str, arguments: &[&str]) -> Vec<Vec<String>> {
    let output = Command::new(program).args(arguments).output();
    let output = output.expect("it can be started");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let text = String::from_utf8(output.stdout).expect("it speaks UTF-8");
    let rows = text.lines().filter(|line| line.starts_with("| "));
    rows.map(|row| row.split('|').map(|cell| cell.trim().to_owned()).collect())
        .collect()
}

#[test]
fn every_idle_connection_answers_in_each_design() {
    let program = env!("CARGO_BIN_EXE_idle");
    let rows = table(program, &["--connections", "300", "--threads", "30"]);
    let held: Vec<[&str; 3]> = rows[1..]
        .iter()
        .map(|row| [&*row[1], &*row[2], &*row[3]])
        .collect();
    assert_eq!(held, [["tasks", "300", "300"], ["threads", "30", "30"]]);
}

#[test]
fn every_job_is_done_in_each_design() {
    let rows = table(env!("CARGO_BIN_EXE_tasks_or_threads"), &["--quick"]);
    let done: Vec<[&str; 2]> = rows[1..].iter().map(|row| [&*row[2], &*row[3]]).collect();
    assert_eq!(
        done,
        [
            ["tasks", "20 of 20"],
            ["threads", "20 of 20"],
            ["tasks", "2 of 2"],
            ["threads", "2 of 2"],
            ["tasks that offload", "2 of 2"],
        ]
    );
}

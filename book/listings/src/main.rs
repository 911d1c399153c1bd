//! Runs one listing of the book: `cargo run -p listings -- turns`.

use std::process::ExitCode;

use listings::{ALL, run_by_name};

fn main() -> ExitCode {
    let name = std::env::args().nth(1).unwrap_or_default();
    if run_by_name(&name) {
        return ExitCode::SUCCESS;
    }
    let names: Vec<&str> = ALL.iter().map(|(known, _)| *known).collect();
    eprintln!("no listing named `{name}`; there are: {}", names.join(", "));
    ExitCode::from(2)
}

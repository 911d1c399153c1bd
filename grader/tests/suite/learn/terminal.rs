//! The terminal: taken, drawn on, lent to a shell, and given back as it was, however
//! learn mode ends.

use std::process::Command;

use super::{going_on, ungraded};
use crate::courses::Scratch;

/// A shell for one program; its script lists the commands that it understands.
const IN_A_TERMINAL: &str = include_str!("in_a_terminal.py");

/// The first screen of a course that cannot grade: nothing will change by itself.
const DRAWN: &str = "await not ready to grade";

/// The settings that every shell wants back.
const GIVEN_BACK: &str = "settings: True\ncursor: True\nlines wrap: True\n";

/// Runs `cargo learn` in a terminal and does these things, one after the other.
fn comes_of(course: &Scratch, actions: &[&str], more: &[(&str, &str)]) -> String {
    let learn = going_on(course, &["learn", "--port", "0"]);
    let mut command = Command::new("python3");
    let actions = serde_json::to_string(actions).unwrap();
    command.args(["-c", IN_A_TERMINAL, &actions]);
    command.arg(learn.get_program()).args(learn.get_args());
    command
        .current_dir(course.path(""))
        .env("TERM", "xterm-256color");
    for (name, value) in learn.get_envs() {
        match (name.to_str(), value) {
            (Some("TERM"), _) => {}
            (_, Some(value)) => drop(command.env(name, value)),
            (_, None) => drop(command.env_remove(name)),
        }
    }
    command.envs(more.iter().copied());
    let output = command.output().expect("python3 is there");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{actions}: {complaint}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn ended(code: u8) -> String {
    format!("exit code: {code}\n{GIVEN_BACK}colours: True\n")
}

#[test]
fn the_terminal_is_given_back_whatever_ends_learn_mode() {
    let course = ungraded();
    for (how, code) in [
        ("type q", 0),
        ("type \u{3}", 130),
        ("signal SIGINT", 130),
        ("signal SIGTERM", 130),
        ("signal SIGHUP", 130),
    ] {
        assert_eq!(
            comes_of(&course, &[DRAWN, how], &[]),
            ended(code),
            "{how:?}"
        );
    }
    let plain = comes_of(&course, &[DRAWN, "type q"], &[("NO_COLOR", "1")]);
    assert_eq!(plain, ended(0).replace("colours: True", "colours: False"));
}

#[test]
fn the_screen_follows_the_window_from_the_first_moment() {
    let course = ungraded();
    // The first signal comes while the program is only just starting, some with a key at once.
    let resizes = [
        "resize 12x70",
        DRAWN,
        "resize 10x40",
        "resize-typing l 31x101",
        "await enter go there",
        "resize-typing l 9x30",
        "await ? keys",
        "resize-typing h 24x80",
        "resize 1x1",
        "resize 24x80",
        "type q",
    ];
    assert_eq!(comes_of(&course, &resizes, &[]), ended(0));
}

#[test]
#[cfg(target_os = "linux")]
fn home_and_end_go_to_the_first_drill_and_the_last_and_through_a_text() {
    let course = ungraded();
    let slugs = grader::drills::slugs();
    let (home, end) = ("type \u{1b}[H", "type \u{1b}[F");
    let path = super::path_with_openers(&course, "printf %s \"$1\" >opened");
    for (keys, slug) in [
        (["type l", end], slugs[slugs.len() - 1]),
        (["type njjjj", "type l"], slugs[1]),
        (["type nnnl", home], slugs[0]),
    ] {
        let chosen = [
            DRAWN,
            keys[0],
            keys[1],
            "type \r",
            "type o",
            "file opened",
            "type q",
        ];
        assert_eq!(comes_of(&course, &chosen, &[("PATH", &path)]), ended(0));
        let opened = course.read("opened");
        assert!(opened.contains(&format!("/{slug}.html?key=")), "{opened}");
        std::fs::remove_file(course.path("opened")).unwrap();
    }
    let read = [
        DRAWN,
        "resize 5x60",
        "await could not be prepared",
        end,
        "await Save a file to try again.",
        home,
        "await could not be prepared",
        "type q",
    ];
    assert_eq!(comes_of(&course, &read, &[]), ended(0));
}

#[test]
fn ctrl_z_lends_the_terminal_to_the_shell_until_it_is_continued() {
    let course = ungraded();
    let sleeps = [
        DRAWN,
        "type \u{1a}",
        "stopped",
        "continue",
        DRAWN,
        "type l",
        "await enter go there",
        "type q",
    ];
    assert_eq!(
        comes_of(&course, &sleeps, &[]),
        format!("{GIVEN_BACK}{}", ended(0))
    );
}

#[test]
fn ctrl_z_does_nothing_where_no_shell_could_continue_it() {
    let course = ungraded();
    let alone = [
        "alone",
        DRAWN,
        "type \u{1a}l",
        "await enter go there",
        "type q",
    ];
    assert_eq!(comes_of(&course, &alone, &[]), ended(0));
}

#[test]
fn a_book_that_cannot_be_built_is_told_until_it_can() {
    let course = ungraded();
    let writes = [
        DRAWN,
        "write book.toml [book\n",
        "await the book stays as it was: ",
        "write book.toml [book]\nsrc = \"book\"\n",
        "gone the book stays as it was: ",
        "type q",
    ];
    assert_eq!(comes_of(&course, &writes, &[]), ended(0));
}

#[test]
#[cfg(target_os = "linux")]
fn the_page_of_the_drill_is_opened_in_a_browser_or_said_where_it_is() {
    let course = ungraded();
    let path = super::path_with_openers(&course, "printf %s \"$1\" >opened");
    let opens = [DRAWN, "type no", "file opened", "type q"];
    assert_eq!(comes_of(&course, &opens, &[("PATH", &path)]), ended(0));
    let opened = course.read("opened");
    assert!(opened.starts_with("http://127.0.0.1:"), "{opened}");
    let second = grader::drills::slugs()[1];
    let page = format!("/{second}.html?key=");
    assert!(opened.contains(&page), "{opened}");

    let path = super::path_with_openers(&course, "exit 3");
    let opens = [DRAWN, "type o", "await started; ", "type q"];
    assert_eq!(comes_of(&course, &opens, &[("PATH", &path)]), ended(0));
}

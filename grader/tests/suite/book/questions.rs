//! Questions: those a reader predicts, and those that close a page. Each has its answer.

use std::fs;

use super::sources;
use crate::courses::root;

#[test]
fn the_right_answer_is_what_the_program_printed() {
    let mut asked = 0;
    for (page, text) in sources() {
        for question in text.split("<predict-answer ").skip(1) {
            let question = question.split("</predict-answer>").next().unwrap();
            let attribute = |name: &str| {
                let rest = question.split_once(&format!(" {name}=\""))?.1;
                rest.split('"').next()
            };
            let Some(output) = attribute("data-output") else {
                continue;
            };
            let right: usize = attribute("data-answer").unwrap().parse().unwrap();
            let mut choices = question.lines().filter_map(|line| line.strip_prefix("- "));
            let choice = choices.nth(right - 1).unwrap().trim_matches('`');

            let path = format!("book/listings/recorded/{output}.txt");
            let printed = fs::read_to_string(root().join(path)).unwrap();
            let lines = printed.lines().map(|line| {
                let words: Vec<&str> = line.split_whitespace().collect();
                words.join(" ")
            });
            let lines: Vec<String> = lines.collect();
            assert_eq!(choice, lines.join(", "), "{page}, {output}");
            asked += 1;
        }
    }
    assert!(
        asked >= 12,
        "only {asked} questions have an answer that was printed"
    );
}

#[test]
fn every_question_marks_the_answer_but_the_one_a_drill_answers() {
    let (mut unmarked, sources) = (Vec::new(), sources());
    for question in sources
        .values()
        .flat_map(|text| text.split("<predict-answer ").skip(1))
    {
        let question = question.split("</predict-answer>").next().unwrap();
        let id = question.split('"').nth(1).unwrap();
        let choices = question
            .lines()
            .filter(|line| line.starts_with("- "))
            .count();
        let answer = question
            .split_once("data-answer=\"")
            .map(|(_, rest)| rest.split('"').next());
        match answer.flatten().map(str::parse) {
            Some(Ok(answer)) => assert!(
                (1..=choices).contains(&answer),
                "{id}: {answer} of {choices}"
            ),
            _ => unmarked.push(id),
        }
    }
    assert_eq!(unmarked, ["cache-race"]);
}

/// What is asked at the end of a page, each with what opens below it; or what is wrong
/// with how it is asked.
fn closing(text: &str) -> Result<Vec<(&str, &str)>, String> {
    let Some((_, closing)) = text.split_once("\n## Questions\n") else {
        return Ok(Vec::new());
    };
    let mut asked = Vec::new();
    for (number, part) in closing.split("<details>").enumerate() {
        let (question, after) = match part.split_once("</details>") {
            Some((question, after)) if number > 0 => (question, after),
            _ => ("", part),
        };
        if !after.trim().is_empty() {
            return Err(format!("this opens nothing: {}", after.trim()));
        }
        if number == 0 {
            continue;
        }
        let parts = question.strip_prefix("<summary>");
        let (question, answer) = parts
            .and_then(|parts| parts.split_once("</summary>"))
            .ok_or_else(|| format!("what opens has no question: {question}"))?;
        // Markdown is not read inside of HTML: it would be shown as it stands.
        if question.contains(['`', '*', '[']) {
            return Err(format!("Markdown in a question: {question}"));
        }
        if answer.trim().is_empty() {
            return Err(format!("no answer: {question}"));
        }
        // Without the empty line the answer would not be read as Markdown either.
        if !answer.starts_with("\n\n") {
            return Err(format!("no empty line before the answer: {question}"));
        }
        asked.push((question, answer));
    }
    Ok(asked)
}

#[test]
fn every_closing_question_opens_its_answer() {
    let mut count = 0;
    for (page, text) in sources() {
        let asked = closing(&text).unwrap_or_else(|wrong| panic!("{page}: {wrong}"));
        assert!(
            !asked.is_empty() || !text.contains("<drill-panel"),
            "{page} has a drill and no questions"
        );
        count += asked.len();
    }
    assert!(count >= 110, "only {count} questions");
}

#[test]
fn a_question_without_an_answer_is_noticed() {
    let answered = "<details><summary>Why?</summary>\n\nSo.\n\n</details>\n";
    let page = |questions: &str| format!("Text.\n\n## Questions\n\n{questions}");
    assert_eq!(closing(&page(answered)).unwrap().len(), 1);
    for (wrong, why) in [
        ("- Why?\n", "opens nothing"),
        (
            "<details><summary>Why?</summary>\n\n</details>\n",
            "no answer",
        ),
        ("<details>So.</details>\n", "no question"),
        (
            "<details><summary>Why `x`?</summary>\n\nSo.\n\n</details>\n",
            "Markdown",
        ),
        (
            "<details><summary>Why?</summary>So.</details>\n",
            "no empty line",
        ),
    ] {
        for questions in [
            wrong.to_owned(),
            format!("{answered}\n{wrong}"),
            format!("{wrong}\n{answered}"),
        ] {
            let said = closing(&page(&questions)).expect_err(&questions);
            assert!(said.contains(why), "{said}");
        }
    }
}

#[test]
fn no_summary_holds_markdown() {
    for (page, text) in sources() {
        for summary in text.split("<summary>").skip(1) {
            let summary = summary.split("</summary>").next().unwrap();
            assert!(!summary.contains(['`', '*', '[']), "{page}: {summary}");
        }
    }
}

#[test]
fn every_drill_s_page_says_what_a_learner_may_call() {
    for slug in grader::drills::slugs() {
        let page = fs::read_to_string(root().join(format!("book/{slug}.md"))).unwrap();
        let said = page.split_once("> **What you may call.**");
        let said = said
            .unwrap_or_else(|| panic!("{slug} does not say what may be called"))
            .1;
        let said = said.split("\n\n").next().unwrap();
        for word in [
            "`LocalSet`",
            "one thread",
            "`spawn_local`",
            "`tokio`",
            "`futures`",
        ] {
            assert!(
                said.contains(word),
                "the box of {slug} says nothing of {word}"
            );
        }
    }
}

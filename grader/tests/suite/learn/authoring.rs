//! The book's own files change while it is served: it is built again.

use std::fs;

use super::{Learning, ungraded};

#[test]
fn a_book_that_changes_is_built_again_and_every_page_hears_of_it() {
    let course = ungraded();
    let learning = Learning::begin(&course);
    let mut tab = learning.listen();
    let (_, state) = tab.next();
    let edition = &state["book"]["edition"];
    learning.await_page("/one.html", |_| true);
    course.write("book/one.md", "# One\n\nIt is more.\n");
    let told = loop {
        if let (name, book) = tab.next()
            && name == "book"
            && book["edition"] != *edition
        {
            break book;
        }
    };
    assert_eq!(told["words"], "");
    learning.await_page("/one.html", |page| page.body.contains("It is more."));

    // A page in a new folder, and one that is written as most editors write.
    course.write("book/part/two.md", "# Two\n");
    course.write(
        "book/SUMMARY.md",
        "# Small\n\n- [One](one.md)\n- [Two](part/two.md)\n",
    );
    learning.await_page("/part/two.html", |page| page.status == 200);
    course.write("book/part/two.md~", "# Two\n\nAnother file is here.\n");
    fs::rename(
        course.path("book/part/two.md~"),
        course.path("book/part/two.md"),
    )
    .unwrap();
    learning.await_page("/part/two.html", |page| {
        page.body.contains("Another file is here.")
    });
    // The settings, and a folder that is removed.
    course.write("book.toml", "[book]\ntitle = \"Smaller\"\nsrc = \"book\"\n");
    learning.await_page("/one.html", |page| page.body.contains("Smaller"));
    course.write("book/SUMMARY.md", "# Small\n\n- [One](one.md)\n");
    fs::remove_dir_all(course.path("book/part")).unwrap();
    learning.await_page("/part/two.html", |page| page.status == 404);
}

#[test]
fn a_broken_book_leaves_the_last_one_in_place_and_is_reported_once() {
    let course = ungraded();
    let mut learning = Learning::begin(&course);
    // Comes first: drills that cannot be graded here.
    assert!(learning.line().starts_with("not ready to grade: "));
    let broken = "[book]\nsrc = \"book\"\nlanguage = no string\n";
    let edition = learning.state()["book"]["edition"].clone();
    course.write("book.toml", broken);
    let said = learning.line();
    assert!(said.starts_with("the book stays as it was: "), "{said}");
    assert_eq!(learning.get("/one.html").status, 200);
    assert_eq!(learning.state()["book"]["edition"], edition);
    let words = learning.state()["book"]["words"].clone();
    assert_eq!(said.trim_end(), words.as_str().unwrap());
    // Written again, it is as broken as before, which needs no message. Then it is repaired.
    course.write("book.toml", broken);
    course.write("book/one.md", "# One\n\nNobody sees this yet.\n");
    course.write("book.toml", "[book]\ntitle = \"Small\"\nsrc = \"book\"\n");
    assert_eq!(learning.line(), "the book is built again\n");
    learning.await_page("/one.html", |page| {
        page.body.contains("Nobody sees this yet.")
    });
}

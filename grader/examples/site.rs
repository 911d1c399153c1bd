//! Builds the book in this folder as `mdbook build` does, for tests and for
//! publishing: into the folder that `book.toml` names, or into the one that is given.

use mdbook_driver::MDBook;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = std::env::current_dir()?;
    // Reads `MDBOOK_…` from the environment, as the program does.
    let mut book = MDBook::load(&root)?;
    if let Some(out) = std::env::args_os().nth(1) {
        book.config.build.build_dir = root.join(out);
    }
    book.build()?;
    Ok(())
}

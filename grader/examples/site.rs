//! Builds the book as `mdbook build` does, for tests and for publishing: into the
//! folder that `book.toml` names, or into the one that is given.

use std::path::Path;

use mdbook_driver::MDBook;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = package.parent().ok_or("the package lies in the course")?;
    // Reads `MDBOOK_…` from the environment, as the program does.
    let mut book = MDBook::load(root)?;
    if let Some(out) = std::env::args_os().nth(1) {
        book.config.build.build_dir = std::env::current_dir()?.join(out);
    }
    book.build()?;
    Ok(())
}

//! Things that a submission cannot do, enforced by the compiler.

use std::fs;
use std::process::Command;

use grader::drive::toolchain::Toolchain;
use grader::grade::verdict::{Status, Verdict};

use crate::courses::{real, root};
use crate::verdicts::{grade, verdict};

/// The verdict on a submission written here.
fn verdict_on(text: &str) -> Verdict {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("submission.rs");
    fs::write(&path, text).unwrap();
    grade("inflight_fix", &path)
}

/// A cache with this `new`, after these lines.
fn cache(before: &str, new: &str) -> String {
    format!(
        "use kit::{{Db, DbError, User, UserId}};\n{before}\n\
         pub struct UserCache(Db);\n\
         impl UserCache {{\n\
             pub fn new(db: Db) -> Self {{ {new} }}\n\
             pub async fn get_user(&self, id: UserId) -> Result<User, DbError> {{ self.0.fetch_user(id).await }}\n\
         }}\n"
    )
}

#[test]
fn a_submission_cannot_name_the_worker() {
    let verdict = verdict_on(&cache("use worker::Act;", "Self(db)"));
    assert_eq!(verdict.status, Status::CompileError);
    insta::assert_snapshot!(verdict.diagnostics);
}

#[test]
fn a_submission_cannot_make_a_connection() {
    let made = "let made = kit::supervised::Connection { _only_connect_makes_one: () }; drop(made); Self(db)";
    let verdict = verdict_on(&cache("", made));
    assert_eq!(verdict.status, Status::CompileError);
    insta::assert_snapshot!(verdict.diagnostics);
}

#[test]
fn a_submission_cannot_make_a_supervised_handle() {
    let made = "drop(db); Self(kit::supervised::Supply { operator: todo!() }.db())";
    let verdict = verdict_on(&cache("", made));
    assert_eq!(verdict.status, Status::CompileError);
    insta::assert_snapshot!(verdict.diagnostics);
}

#[test]
fn the_one_connection_is_taken_before_a_submission_runs() {
    let taken = "kit::supervised::connect().expect(\"it is still there\"); Self(db)";
    let verdict = verdict_on(&cache("", taken));
    assert_eq!(verdict.status, Status::Failed);
    let answered = verdict
        .checks
        .iter()
        .find(|check| check.id == "answered")
        .unwrap();
    assert!(
        answered.message.contains("it is still there"),
        "{}",
        answered.message
    );
}

#[test]
fn unsafe_code_is_rejected_in_every_form() {
    let fixture = |name: &str| format!("grader/tests/fixtures/misbehaviour/{name}.rs");
    let block = verdict("inflight_fix", &fixture("unsafe_block"));
    assert_eq!(block.status, Status::Rejected);
    insta::assert_snapshot!("unsafe_block", block.diagnostics);
    let forms = [
        (
            "unsafe_no_mangle",
            "#[unsafe(no_mangle)] pub extern \"C\" fn malloc() {}",
        ),
        (
            "unsafe_link_section",
            "#[unsafe(link_section = \".init_array\")] pub static RUN: extern \"C\" fn() = early; extern \"C\" fn early() {}",
        ),
        (
            "unsafe_impl",
            "struct Shared(*const u8); unsafe impl Send for Shared {}",
        ),
        (
            "unsafe_allowed_here",
            "#[allow(unsafe_code)] fn f() { unsafe {} }",
        ),
        (
            "unsafe_in_a_macro",
            "macro_rules! m { ($e:expr) => { unsafe { $e } } } fn f() { m!(()) }",
        ),
        (
            // rustc's own lint does not know this one.
            "unsafe_naked",
            "#[unsafe(naked)] pub extern \"C\" fn f() { core::arch::naked_asm!(\"ret\") }",
        ),
    ];
    for (name, form) in forms {
        let verdict = verdict_on(&cache(form, "Self(db)"));
        assert_eq!(verdict.status, Status::Rejected, "{name}");
        insta::assert_snapshot!(name, verdict.diagnostics);
    }
}

/// In a learner's own workspace the seam does not exist at all.
#[test]
fn the_grader_s_seam_is_missing_without_its_feature() {
    let toolchain = Toolchain::find(root()).unwrap();
    let prepared = grader::build::prepared::Prepared::get(&real(), &toolchain).unwrap();
    let bcrypt = fs::read_dir(prepared.deps())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with("libbcrypt-") && name.ends_with(".rlib")
        });
    let tokio = prepared.rlib("tokio").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let rustc = |arguments: &[&str]| {
        let mut command = Command::new(toolchain.rustc());
        command.current_dir(&folder).args([
            "--edition",
            "2024",
            "--color",
            "never",
            "--emit",
            "metadata",
        ]);
        command
            .arg("-L")
            .arg(format!("dependency={}", prepared.deps().display()));
        command.args(arguments).output().unwrap()
    };
    let kit = root().join("exercises/kit/src/lib.rs");
    let built = rustc(&[
        "--crate-type",
        "lib",
        "--crate-name",
        "kit",
        &kit.to_string_lossy(),
        "--extern",
        &format!("tokio={}", tokio.display()),
        "--extern",
        &format!("bcrypt={}", bcrypt.expect("it was built").display()),
        "--check-cfg",
        "cfg(feature, values(\"supervised\"))",
    ]);
    assert!(
        built.status.success(),
        "{}",
        String::from_utf8_lossy(&built.stderr)
    );
    let use_of = |name: &str| {
        let text = format!("pub use kit::{name};\n");
        fs::write(folder.path().join("learner.rs"), text).unwrap();
        let output = rustc(&[
            "--crate-type",
            "lib",
            "learner.rs",
            "--extern",
            "kit=libkit.rmeta",
        ]);
        (
            output.status.success(),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )
    };
    assert_eq!(
        use_of("Db"),
        (true, String::new()),
        "or the test would see nothing"
    );
    let (compiles, text) = use_of("supervised");
    assert!(!compiles);
    assert!(
        text.contains("error[E0432]: unresolved import `kit::supervised`"),
        "{text}"
    );
}

//! Submissions that are a folder or a lone file.

use super::*;

#[test]
fn the_same_code_is_read_alike_from_a_folder_and_from_either_archive() {
    let desk = Desk::new();
    desk.put("crate/src/lib.rs", LIB.1);
    desk.put("crate/src/a.rs", MODULE.1);
    desk.put("crate/src/notes.md", [0xff; 9]);
    desk.put("crate/Cargo.toml", [0xff; 9]);
    let around: &[(&str, &[u8])] = &[
        ("hw/Cargo.toml", b"\xff"),
        ("hw/src/a.rs", MODULE.1),
        ("hw/src/lib.rs", LIB.1),
        ("hw/tests/t.rs", b"\xff"),
    ];
    desk.put("flat.tar.gz", tar_gz(&[LIB, MODULE]));
    desk.put("below.TGZ", tar_gz(around));
    desk.put("flat.zip", zip_of(&[MODULE, LIB]));
    desk.put("below.Zip", zip_of(around));
    symlink(desk.path("crate"), desk.path("link")).unwrap();
    let first = desk.read("crate", &Caps::default()).unwrap();
    for name in ["flat.tar.gz", "below.TGZ", "flat.zip", "below.Zip", "link"] {
        let other = desk.read(name, &Caps::default()).unwrap();
        assert_eq!(other.files(), first.files(), "{name}");
        assert_eq!(other.sha256(), first.sha256(), "{name}");
        assert_eq!(other.root_file(), "src/lib.rs", "{name}");
        assert_eq!(other.path(), desk.path(name));
    }
    assert_eq!(first.files()["src/lib.rs"], "mod a;\n");
    assert_eq!(first.files().len(), 2);
}

#[test]
fn a_lone_file_is_the_same_code_whichever_way_it_comes() {
    let desk = Desk::new();
    let code = b"pub fn answer() {}\n";
    desk.put("crate/src/lib.rs", code);
    desk.put("my hw.rs", code);
    desk.put("one.zip", zip_of(&[("README.md", b""), ("x/hw.rs", code)]));
    desk.put("one.tgz", tar_gz(&[("hw.rs", code)]));
    let hash = desk.read("crate", &Caps::default()).unwrap();
    for (name, root) in [
        ("my hw.rs", "my_hw.rs"),
        ("one.zip", "hw.rs"),
        ("one.tgz", "hw.rs"),
    ] {
        let lone = desk.read(name, &Caps::default()).unwrap();
        assert_eq!(lone.root_file(), root);
        assert_eq!(lone.files().len(), 1);
        assert_eq!(lone.files()[root].as_bytes(), code);
        assert_eq!(lone.sha256(), hash.sha256());
    }
}

#[test]
fn what_is_written_is_what_was_read_and_nothing_is_overwritten() {
    let desk = Desk::new();
    desk.put("hw.zip", zip_of(&[LIB, ("src/a/b.rs", b"// b\n")]));
    let submission = desk.read("hw.zip", &Caps::default()).unwrap();
    let out = Desk::new();
    submission.write_to(out.0.path()).unwrap();
    let written = Submission::read(out.0.path()).unwrap();
    assert_eq!(written.files(), submission.files());
    let again = submission.write_to(out.0.path()).unwrap_err();
    assert_eq!(again.kind(), std::io::ErrorKind::AlreadyExists);
}

#[test]
fn a_wrong_path_is_the_callers_mistake() {
    let desk = Desk::new();
    desk.put("hw.txt", "");
    desk.put("hw.docx", "");
    let give = "give a crate folder, a .rs, .py, .mjs, .js or .cjs file, a .zip or a .tar.gz";
    assert_eq!(
        desk.usage_error("gone.zip"),
        format!("nothing is at `gone.zip`; {give}")
    );
    for name in ["hw.txt", "hw.docx"] {
        assert_eq!(
            desk.usage_error(name),
            format!("`{name}` is not a kind of submission; {give}")
        );
    }
    assert_eq!(
        desk.usage_error("hw.txt/x.rs"),
        "`hw.txt/x.rs` cannot be read: Not a directory (os error 20)"
    );
}

#[test]
fn a_folder_without_a_root_is_refused() {
    let desk = Desk::new();
    desk.put("file/src", "");
    fs::create_dir(desk.path("empty")).unwrap();
    fs::create_dir_all(desk.path("odd/src/lib.rs")).unwrap();
    for name in ["file", "empty", "odd"] {
        desk.refuses(&format!("{name}/"), NO_RUST);
    }
    desk.put("two/src/a.rs", "");
    desk.put("two/src/b.rs", "");
    desk.refuses("two/", &format!("has no `src/lib.rs`; {HAND_IN}"));
}

#[test]
fn a_folder_that_may_not_be_looked_into_matters_only_where_code_could_be() {
    let desk = Desk::new();
    desk.put("hw/src/lib.rs", "");
    desk.put("hw/other/x", "");
    desk.put("none/other/x", "");
    for name in ["hw/other", "none/other"] {
        let none = std::os::unix::fs::PermissionsExt::from_mode(0o000);
        fs::set_permissions(desk.path(name), none).unwrap();
    }
    assert_eq!(desk.files("hw"), ["src/lib.rs"]);
    // The administrator may look everywhere.
    match fs::read_dir(desk.path("none/other")) {
        Ok(_) => desk.refuses("none/", NO_RUST),
        Err(_) => assert!(desk.usage_error("none").contains("cannot be read")),
    }
}

#[test]
fn links_pipes_and_sockets_are_refused_by_name_where_they_are_wanted() {
    let desk = Desk::new();
    let secret = desk.put("secret.rs", "// secret");
    for name in ["file", "any", "folder", "pipe", "socket"] {
        desk.put(&format!("{name}/src/lib.rs"), "");
    }
    symlink(&secret, desk.path("file/src/a.rs")).unwrap();
    symlink("gone", desk.path("any/src/notes")).unwrap();
    symlink(desk.path("file"), desk.path("folder/src/m")).unwrap();
    let mkfifo = |name| {
        let made = Command::new("mkfifo").arg(desk.path(name)).status();
        assert!(made.unwrap().success());
    };
    mkfifo("pipe/src/z.rs");
    mkfifo("lone.rs");
    let _socket = UnixListener::bind(desk.path("socket/src/s")).unwrap();
    desk.put("src_link/x", "");
    symlink(desk.path("pipe/src"), desk.path("src_link/src")).unwrap();
    for (name, holds) in [
        ("file", "a symbolic link, `src/a.rs`"),
        ("src_link", "a symbolic link, `src`"),
        ("pipe", "a named pipe, `src/z.rs`"),
    ] {
        desk.refuses(
            &format!("{name}/"),
            &format!("holds {holds}; hand in plain files"),
        );
    }
    for name in ["any", "folder", "socket"] {
        assert_eq!(desk.files(name), ["src/lib.rs"], "{name}");
    }
    desk.refuses("lone.rs", &format!("is a named pipe; {HAND_IN}"));
}

#[test]
fn hidden_names_in_a_folder_are_looked_past_whatever_they_are() {
    let desk = Desk::new();
    desk.put("hw/src/lib.rs", "");
    desk.put("hw/src/._lib.rs", [0xff]);
    desk.put("hw/src/.git/x.rs", [0xff]);
    desk.put("hw/src/target/mod.rs", "");
    symlink("gone", desk.path("hw/src/.#lib.rs")).unwrap();
    assert_eq!(desk.files("hw"), ["src/lib.rs", "src/target/mod.rs"]);
}

#[test]
fn names_that_mean_mischief_are_never_taken_and_shown_harmless() {
    use std::os::unix::ffi::OsStrExt;
    let desk = Desk::new();
    desk.put("hw/src/a\n::error::b.rs", "");
    desk.refuses(
        "hw/",
        &format!("holds `src/a\\n::error::b.rs`, a name with a control character; {PLAIN_NAMES}"),
    );
    desk.put("hw/src/lib.rs", "");
    assert_eq!(desk.files("hw"), ["src/lib.rs"]);
    desk.put("windows/hw\\src\\lib.rs", "");
    assert_eq!(desk.files("windows"), ["src/lib.rs"]);
    let latin = std::ffi::OsStr::from_bytes(b"latin/\xdcbung/src");
    fs::create_dir_all(desk.path("").join(latin)).unwrap();
    fs::write(desk.path("").join(latin).join("lib.rs"), "").unwrap();
    assert_eq!(desk.files("latin"), ["src/lib.rs"]);
}

#[test]
fn caps_hold_for_a_folder() {
    let desk = Desk::new();
    let lib = desk.put("hw/src/lib.rs", "12345");
    desk.put("hw/src/a/b.rs", "12345");
    desk.put("hw/src/notes.md", "");
    let exact = Caps {
        files: 2,
        bytes: 10,
        entries: 5,
        depth: 3,
        ..Caps::default()
    };
    desk.read("hw", &exact).unwrap();
    for (caps, said) in caps_on_source(&exact, 4) {
        desk.refuses_within(&caps, "hw/", &said);
    }
    fs::File::create(lib)
        .unwrap()
        .set_len(3 * MIB as u64)
        .unwrap();
    desk.refuses(
        "hw/",
        "holds 3 MiB of Rust source; the limit is 1 MiB, so hand in only your own code",
    );
}

#[test]
fn a_lone_file_is_bounded_and_must_be_text() {
    let desk = Desk::new();
    let big = fs::File::create(desk.path("big.rs")).unwrap();
    big.set_len(50 * MIB as u64).unwrap();
    desk.refuses(
        "big.rs",
        "holds 50 MiB of Rust source; the limit is 1 MiB, so hand in only your own code",
    );
    desk.put("bad.rs", [0xff]);
    desk.refuses("bad.rs", "is not UTF-8 text; save it as UTF-8");
}

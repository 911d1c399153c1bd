//! Submissions that are an archive.

use super::*;

#[test]
fn links_and_devices_are_refused_by_name_where_they_are_wanted_and_only_there() {
    let desk = Desk::new();
    for (kind, what) in [
        (EntryType::Symlink, "a symbolic link"),
        (EntryType::Link, "a hard link"),
        (EntryType::Char, "a device"),
        (EntryType::Block, "a device"),
        (EntryType::Fifo, "a named pipe"),
        (EntryType::new(b'V'), "something of an unknown kind"),
    ] {
        for name in ["src/lib.rs", "src"] {
            let tar = tar_of(&[(name.as_bytes(), kind, b"")]);
            desk.put("hw.tar.gz", gz(&tar));
            desk.refuses(
                "hw.tar.gz",
                &format!("holds {what}, `{name}`; hand in plain files"),
            );
        }
        let beside: Vec<_> = ["notes", "data/big", "src/notes", "elsewhere/x.rs"]
            .iter()
            .map(|name| (name.as_bytes(), kind, &b""[..]))
            .chain([(&b"src/lib.rs"[..], EntryType::Regular, &b""[..])])
            .collect();
        desk.put("beside.tgz", gz(&tar_of(&beside)));
        assert_eq!(desk.files("beside.tgz"), ["src/lib.rs"], "{what}");
    }
    let link = |name: &str| {
        let mut zip = ZipWriter::new(std::io::Cursor::new(zip_of(&[("src/a.rs", b"")])));
        let options = SimpleFileOptions::default();
        if name != "src/lib.rs" {
            zip.start_file("src/lib.rs", options).unwrap();
        }
        zip.add_symlink(name, "/etc/passwd", options).unwrap();
        zip.finish().unwrap().into_inner()
    };
    desk.put("hw.zip", link("src/lib.rs"));
    desk.refuses(
        "hw.zip",
        "holds a symbolic link, `src/lib.rs`; hand in plain files",
    );
    desk.put("beside.zip", link("notes"));
    assert_eq!(desk.files("beside.zip"), ["src/lib.rs"]);
    let mut zip = zip_of(&[LIB]);
    patch_table(&mut zip, 38, &(0o010_644_u32 << 16).to_le_bytes());
    desk.put("hw.zip", zip);
    desk.refuses(
        "hw.zip",
        "holds a named pipe, `src/lib.rs`; hand in plain files",
    );
}

#[test]
fn a_sparse_file_is_refused_however_the_tar_writes_it() {
    let desk = Desk::new();
    let mut header = tar::Header::new_gnu();
    header.as_old_mut().name[..8].copy_from_slice(b"src_a.rs");
    header.set_entry_type(EntryType::GNUSparse);
    header.set_size(0);
    let gnu = header.as_gnu_mut().unwrap();
    gnu.realsize[..11].copy_from_slice(b"00000000000");
    header.set_cksum();
    let mut tar = tar::Builder::new(Vec::new());
    tar.append(&header, &b""[..]).unwrap();
    desk.put("gnu.tgz", gz(&tar.into_inner().unwrap()));
    let pax = tar_of(&[
        (b"x", EntryType::XHeader, b"22 GNU.sparse.major=1\n"),
        (b"src_a.rs", EntryType::Regular, b"1\n0\n1\n"),
    ]);
    desk.put("pax.tgz", gz(&pax));
    for name in ["gnu.tgz", "pax.tgz"] {
        desk.refuses(name, "holds a sparse file, `src_a.rs`; hand in plain files");
    }
}

#[test]
fn names_that_could_lead_outside_are_refused_where_they_are_wanted() {
    let desk = Desk::new();
    for (name, shown, why) in [
        ("/src/lib.rs", "/src/lib.rs", "an absolute path"),
        ("../lib00.rs", "../lib00.rs", "a path that climbs with `..`"),
        ("src/../a.rs", "src/../a.rs", "a path that climbs with `..`"),
        ("..\\lib0.rs", "..\\lib0.rs", "a path that climbs with `..`"),
        ("C:/lib00.rs", "C:/lib00.rs", "a path with a drive letter"),
        ("C:\\lib00.rs", "C:\\lib00.rs", "a path with a drive letter"),
        (
            "src/\x1b[1m.rs",
            "src/\\u{1b}[1m.rs",
            "a name with a control character",
        ),
        ("src/\0.rs", "src/\\0.rs", "a name with a NUL in it"),
    ] {
        let crates: [&[(&str, &[u8])]; 2] = [&[], &[("hw/src/lib.rs", b"")]];
        for others in crates {
            let plain = "x".repeat(name.len());
            let files = [&[(plain.as_str(), &b""[..])], others].concat();
            let mut zip = zip_of(&files);
            rename(&mut zip, plain.as_bytes(), name.as_bytes());
            desk.put("hw.zip", zip);
            // A tar header's own name ends at a NUL; one in a pax record doesn't.
            let record = format!(
                "{} path={name}\n",
                name.len() + 9 + usize::from(name.len() > 90)
            );
            let mut entries = vec![
                (&b"x"[..], EntryType::XHeader, record.as_bytes()),
                (&b"short.rs"[..], EntryType::Regular, &b""[..]),
            ];
            for (name, bytes) in others {
                entries.push((name.as_bytes(), EntryType::Regular, bytes));
            }
            desk.put("hw.tgz", gz(&tar_of(&entries)));
            for archive in ["hw.zip", "hw.tgz"] {
                match others.is_empty() {
                    true => {
                        desk.refuses(archive, &format!("holds `{shown}`, {why}; {PLAIN_NAMES}"))
                    }
                    false => assert_eq!(desk.files(archive), ["src/lib.rs"], "{name:?}"),
                }
            }
        }
    }
}

#[test]
fn names_from_windows_are_read() {
    let desk = Desk::new();
    // PowerShell 5 writes its own separator; older programs write the code page of the day.
    for (raw, files) in [
        (&b"hw\\src\\lib.rs"[..], ["src/lib.rs"]),
        (b"\x9abung 1/src/lib.rs", ["src/lib.rs"]),
        (b"\x95\x5c/hw/src/lib.rs", ["src/lib.rs"]),
        (b"A\xf1o/SRC/LIB.RS", ["src/lib.rs"]),
    ] {
        let plain = "x".repeat(raw.len());
        let mut zip = zip_of(&[(plain.as_str(), b""), ("r\u{e4}", b"")]);
        rename(&mut zip, plain.as_bytes(), raw);
        desk.put("hw.zip", zip);
        desk.put("hw.tgz", gz(&tar_of(&[(raw, EntryType::Regular, b"")])));
        for archive in ["hw.zip", "hw.tgz"] {
            assert_eq!(desk.files(archive), files, "{raw:?}");
        }
    }
}

#[test]
fn long_names_are_read_in_both_of_tars_ways() {
    let desk = Desk::new();
    let long = format!("src/{}.rs", "n".repeat(150));
    let mut gnu = tar::Builder::new(Vec::new());
    for name in [long.as_str(), "src/lib.rs"] {
        let mut header = tar::Header::new_gnu();
        header.set_size(0);
        gnu.append_data(&mut header, name, &b""[..]).unwrap();
    }
    desk.put("gnu.tgz", gz(&gnu.into_inner().unwrap()));
    let record = format!("{} path={long}\n", long.len() + 10);
    let pax = tar_of(&[
        (b"/tmp/GlobalHead", EntryType::XGlobalHeader, b"9 a=b\n\n"),
        (b"x", EntryType::XHeader, record.as_bytes()),
        (b"src/short.rs", EntryType::Regular, b""),
        (b"src/lib.rs", EntryType::Regular, b""),
    ]);
    desk.put("pax.tgz", gz(&pax));
    for name in ["gnu.tgz", "pax.tgz"] {
        assert_eq!(desk.files(name), ["src/lib.rs", long.as_str()], "{name}");
    }
}

#[test]
fn litter_in_an_archive_is_looked_past() {
    let desk = Desk::new();
    let litter: &[(&str, &[u8])] = &[
        ("hw/src/lib.rs", b""),
        ("hw/src/._lib.rs", b"\xff"),
        ("__MACOSX/hw/src/._lib.rs", b"\xff"),
        ("__MACOSX/src/lib.rs", b"\xff"),
        ("hw/.DS_Store", b"\xff"),
        ("hw/target/src/lib.rs", b"\xff"),
        ("target/src/lib.rs", b"\xff"),
    ];
    desk.put("hw.zip", zip_of(litter));
    let mut entries: Vec<_> = litter
        .iter()
        .map(|(name, bytes)| (name.as_bytes(), EntryType::Regular, *bytes))
        .collect();
    entries.push((b"hw/target/debug/hw", EntryType::Link, b""));
    entries.push((b"hw/src/", EntryType::Regular, b""));
    entries.push((b"hw/src/", EntryType::Regular, b""));
    entries.push((b"hw/src", EntryType::Directory, b""));
    desk.put("hw.tgz", gz(&tar_of(&entries)));
    for name in ["hw.zip", "hw.tgz"] {
        assert_eq!(desk.files(name), ["src/lib.rs"], "{name}");
    }
}

#[test]
fn an_archive_must_hold_one_crate_once() {
    let desk = Desk::new();
    let dot: (&str, &[u8]) = ("./src/lib.rs", b"");
    for (files, said) in [
        (
            &[("b/src/lib.rs", &b""[..]), ("a/src/lib.rs", b"")][..],
            "holds more than one crate, `a/src/lib.rs` and `b/src/lib.rs`; hand in one",
        ),
        (
            &[LIB, dot],
            "holds `src/lib.rs` twice; pack it again from a clean folder",
        ),
        (
            &[LIB, ("src/a.rs/b.rs", b""), MODULE],
            "holds `src/a.rs` both as a file and as a folder; keep one of them",
        ),
        (&[("README.md", b"")], NO_RUST),
        (&[], NO_RUST),
        (
            &[("src/a.rs", b""), ("src/b.rs", b"")],
            &format!("has no `src/lib.rs`; {HAND_IN}"),
        ),
        (
            &[("src/lib.rs", b"\xff")],
            "holds `src/lib.rs`, which is not UTF-8 text; save it as UTF-8",
        ),
    ] {
        desk.put("hw.zip", zip_of(files));
        desk.put("hw.tgz", tar_gz(files));
        desk.refuses("hw.zip", said);
        desk.refuses("hw.tgz", said);
    }
    let mut zip = zip_of(&[LIB, ("src/lib.rx", b"")]);
    rename(&mut zip, b"src/lib.rx", b"src/lib.rs");
    desk.put("hw.zip", zip);
    desk.refuses(
        "hw.zip",
        "holds `src/lib.rs` twice; pack it again from a clean folder",
    );
}

#[test]
fn caps_hold_for_an_archive() {
    let desk = Desk::new();
    let files: &[(&str, &[u8])] = &[
        ("hw/src/lib.rs", b"12345"),
        ("hw/src/a/b.rs", b"12345"),
        ("hw/notes", b"1234567890"),
    ];
    desk.put("hw.zip", zip_of(files));
    desk.put("hw.tgz", tar_gz(files));
    let exact = Caps {
        files: 2,
        bytes: 10,
        entries: 3,
        // Three headers and three blocks of data, and two blocks for the end.
        unpacked_bytes: 8 * 512,
        depth: 3,
        archive_bytes: 4_096,
        ..Caps::default()
    };
    let caps = |change: fn(&mut Caps)| {
        let mut caps = exact.clone();
        change(&mut caps);
        caps
    };
    for name in ["hw.zip", "hw.tgz"] {
        desk.read(name, &exact).unwrap();
        for (caps, said) in caps_on_source(&exact, 2) {
            desk.refuses_within(&caps, name, &said);
        }
        let size = fs::metadata(desk.path(name)).unwrap().len();
        let said = format!(
            "has {size} bytes; the limit for an archive is 100 bytes, so leave `target/` out"
        );
        desk.refuses_within(&caps(|caps| caps.archive_bytes = 100), name, &said);
    }
    let one_less = caps(|caps| caps.unpacked_bytes -= 1);
    desk.refuses_within(
        &one_less,
        "hw.tgz",
        "unpacks to over 3.9 KiB, the limit; leave `target/` and large files out",
    );
    // A zip has a table, so unwanted files are not unpacked.
    desk.read("hw.zip", &one_less).unwrap();
}

#[test]
fn what_lies_beside_a_crate_counts_for_nothing() {
    let desk = Desk::new();
    let history: Vec<String> = (0..2_100)
        .map(|number| format!("hw/.git/objects/{number:04x}"))
        .collect();
    let pdf = vec![b'%'; 12 * MIB];
    let built = vec![0; 72 * MIB];
    let mut files: Vec<(&str, &[u8])> = vec![
        ("hw/README.md", b"one"),
        ("hw/report.pdf", &pdf),
        ("hw/src/lib.rs", b""),
        ("hw/target/debug/libhw.rlib", &built),
        ("hw/tests/public.rs", b"\xff"),
    ];
    files.extend(history.iter().map(|name| (name.as_str(), &b"x"[..])));
    let mut zip = zip_of(&[&files[..], &[("hw/README.mx", b"two")]].concat());
    rename(&mut zip, b"README.mx", b"README.md");
    desk.put("hw.zip", zip);
    files.push(("hw/README.md", b"two"));
    desk.put("hw.tgz", tar_gz(&files));
    for name in ["hw.zip", "hw.tgz"] {
        assert_eq!(desk.files(name), ["src/lib.rs"], "{name}");
    }
}

#[test]
fn a_bomb_is_refused_wherever_in_the_tar_it_lies() {
    let desk = Desk::new();
    let zeros = vec![0; 2 * MIB];
    let after_the_end = [
        tar_of(&[(b"src/lib.rs", EntryType::Regular, b"")]),
        zeros.clone(),
    ];
    let bombs = [
        after_the_end.concat(),
        tar_of(&[(b"bomb", EntryType::Regular, &zeros)]),
        tar_of(&[(b".bomb", EntryType::Regular, &zeros)]),
        tar_of(&[(b"bomb", EntryType::GNULongName, &zeros)]),
        tar_of(&[(b"bomb", EntryType::XHeader, &zeros)]),
        tar_of(&[(b"bomb", EntryType::XGlobalHeader, &zeros)]),
    ];
    let caps = Caps {
        unpacked_bytes: MIB as u64,
        ..Caps::default()
    };
    for bomb in bombs {
        desk.put("hw.tgz", gz(&bomb));
        desk.refuses_within(
            &caps,
            "hw.tgz",
            "unpacks to over 1 MiB, the limit; leave `target/` and large files out",
        );
    }
}

#[test]
fn a_zip_that_lies_about_a_size_is_found_out() {
    let desk = Desk::new();
    let spaces = vec![b' '; 3 * MIB];
    let longer = "File is larger than its declared uncompressed size";
    let shorter = "src/lib.rs is said to have 8 bytes and has 7";
    for (text, stated, why) in [
        (&spaces[..], 3, longer),
        (LIB.1, 6, longer),
        (LIB.1, 8, shorter),
    ] {
        let mut zip = zip_of(&[("src/lib.rs", text)]);
        patch_table(&mut zip, 24, &u32::to_le_bytes(stated));
        desk.put("hw.zip", zip);
        desk.refuses(
            "hw.zip",
            &format!("is a damaged archive ({why}); pack it again"),
        );
    }
}

#[test]
fn what_a_zip_needs_beyond_plain_unzipping_is_refused_where_it_is_wanted() {
    let desk = Desk::new();
    for (offset, byte, said) in [
        (
            8,
            1,
            "holds `src/lib.rs` encrypted; pack it again without a password",
        ),
        (
            10,
            12,
            "holds `src/lib.rs` packed in a way that cannot be read here; pack it again as a plain .zip",
        ),
    ] {
        let mut zip = zip_of(&[LIB]);
        patch_table(&mut zip, offset, &[byte]);
        desk.put("hw.zip", zip);
        desk.refuses("hw.zip", said);
        let mut zip = zip_of(&[LIB, ("secret.pdf", b"")]);
        patch_table(&mut zip, offset, &[byte]);
        desk.put("beside.zip", zip);
        assert_eq!(desk.files("beside.zip"), ["src/lib.rs"]);
    }
}

#[test]
fn archives_are_read_whatever_they_are_packed_with() {
    let desk = Desk::new();
    for (name, packing) in [
        ("hw.tar", "plain"),
        ("hw.tar.gz", "gzip"),
        ("hw.tar.xz", "xz"),
        ("hw.TXZ", "xz"),
        ("hw.tar.bz2", "bzip2"),
        ("hw.tar.zst", "zstd"),
        // As browsers leave it: unpacked, under its old name.
        ("browser.tar.gz", "plain"),
        ("renamed.zip", "xz"),
    ] {
        let tar = tar_of(&[
            (b"hw/src/lib.rs", EntryType::Regular, LIB.1),
            (b"hw/src/a.rs", EntryType::Regular, MODULE.1),
            (b"hw/big", EntryType::Regular, &vec![7; MIB]),
        ]);
        desk.put(name, packed(packing, &tar));
        assert_eq!(desk.files(name), ["src/a.rs", "src/lib.rs"], "{name}");
    }
    desk.put(
        "hw.7z",
        seven_zip(&[LIB, ("big", &vec![7; MIB]), MODULE, ("src/b.rs", b"")]),
    );
    assert_eq!(desk.files("hw.7z"), ["src/a.rs", "src/b.rs", "src/lib.rs"]);
    desk.put("inner.zip", zip_of(&[("my hw.7z", &seven_zip(&[LIB]))]));
    assert_eq!(desk.files("inner.zip"), ["src/lib.rs"]);
    for name in ["hw.rar", "hw.zip"] {
        desk.put(name, b"Rar!\x1a\x07\x01\0 and so on");
        desk.refuses(name, "is a .rar, which cannot be read here; hand in a .zip");
    }
}

#[test]
fn a_bomb_of_any_packing_is_bounded() {
    let desk = Desk::new();
    let caps = Caps {
        unpacked_bytes: MIB as u64,
        ..Caps::default()
    };
    let zeros = vec![0; 4 * MIB];
    let tar = tar_of(&[
        (b"bomb", EntryType::Regular, &zeros),
        (b"src/lib.rs", EntryType::Regular, LIB.1),
    ]);
    let said = "unpacks to over 1 MiB, the limit; leave `target/` and large files out";
    for (name, packing) in [
        ("a.tar.xz", "xz"),
        ("b.tar.bz2", "bzip2"),
        ("c.tar.zst", "zstd"),
    ] {
        desk.put(name, packed(packing, &tar));
        desk.refuses_within(&caps, name, said);
    }
    // Only files before a wanted one in its own block are unpacked.
    desk.put("before.7z", seven_zip(&[("bomb", &zeros), LIB]));
    desk.refuses_within(&caps, "before.7z", said);
    desk.put("behind.7z", seven_zip(&[LIB, ("bomb", &zeros)]));
    desk.read("behind.7z", &caps).unwrap();
}

#[test]
fn an_archive_that_is_none_or_is_broken_is_refused() {
    let desk = Desk::new();
    desk.put("a.zip", "no archive");
    desk.put("b.tgz", [0x7f; 600]);
    desk.put("c.tar.gz", "");
    for name in ["a.zip", "b.tgz", "c.tar.gz"] {
        desk.refuses(name, "is not an archive that can be read; hand in a .zip");
    }
    // Its bytes say what it is, whatever its name.
    desk.put("d.zip", tar_gz(&[LIB]));
    desk.put("e.tgz", zip_of(&[LIB]));
    for name in ["d.zip", "e.tgz"] {
        assert_eq!(desk.files(name), ["src/lib.rs"]);
    }
    let tar = tar_gz(&[LIB, MODULE]);
    let zip = zip_of(&[LIB, MODULE]);
    for (name, good) in [("cut.tgz", &tar), ("cut.zip", &zip)] {
        for cut in [4, 20, good.len() / 2, good.len() - 1] {
            desk.put(name, &good[..cut]);
            let said = desk.refusal(name, &Caps::default());
            assert!(said.contains("` is a damaged archive ("), "{said}");
        }
    }
    let mut bent = zip.clone();
    // The checksum of the last file.
    patch_table(&mut bent, 16, &[0; 4]);
    desk.put("bent.zip", bent);
    desk.refuses(
        "bent.zip",
        "is a damaged archive (Invalid checksum); pack it again",
    );
    let mut tar = tar_of(&[(b"src/\x1b[1m\n.rs", EntryType::Regular, b"")]);
    tar[148..156].copy_from_slice(b"zzzzzzz\0");
    desk.put("bent.tgz", gz(&tar));
    let said = desk.refusal("bent.tgz", &Caps::default());
    assert!(!said.contains(char::is_control), "{said:?}");
}

#[test]
fn a_file_that_was_packed_by_itself_is_no_archive() {
    let desk = Desk::new();
    let code = b"//! Drill `cache_race`: one fetch for each.\n".repeat(20);
    let one = "is one packed file and no archive; hand in the file as it is, a .zip or a .tar.gz";
    for text in [&code[..], b"fn f() {}\n"] {
        desk.put("cache_race.tgz", gz(text));
        desk.refuses("cache_race.tgz", one);
    }
    // A tar that begins as one and is bent is damaged.
    let mut tar = tar_of(&[(b"src/lib.rs", EntryType::Regular, b"")]);
    tar[148..156].copy_from_slice(b"zzzzzzz\0");
    desk.put("bent.tgz", gz(&tar));
    let said = desk.refusal("bent.tgz", &Caps::default());
    assert!(said.contains("is a damaged archive"), "{said}");
}

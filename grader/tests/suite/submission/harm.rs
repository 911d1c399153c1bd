//! Archives that were damaged at random: the worst they may do is be refused.

use super::*;

/// Random damage to a good file.
#[derive(Debug, Clone)]
enum Harm {
    Cut(prop::sample::Index),
    Set(prop::sample::Index, u8),
    Fill(prop::sample::Index, [u8; 4]),
    Repeat(prop::sample::Index, prop::sample::Index),
}

fn harms() -> impl Strategy<Value = Vec<Harm>> {
    use Harm::{Cut, Fill, Repeat, Set};
    let at = any::<prop::sample::Index>;
    let extreme = prop_oneof![Just([0xff; 4]), Just([0; 4]), any::<[u8; 4]>()];
    let harm = prop_oneof![
        1 => at().prop_map(Cut),
        6 => (at(), any::<u8>()).prop_map(|(at, byte)| Set(at, byte)),
        3 => (at(), extreme).prop_map(|(at, bytes)| Fill(at, bytes)),
        1 => (at(), at()).prop_map(|(from, to)| Repeat(from, to)),
    ];
    prop::collection::vec(harm, 0..5)
}

fn harmed(mut bytes: Vec<u8>, harms: &[Harm]) -> Vec<u8> {
    for harm in harms {
        if bytes.is_empty() {
            break;
        }
        match harm {
            Harm::Cut(at) => bytes.truncate(at.index(bytes.len())),
            Harm::Set(at, byte) => *at.get_mut(&mut bytes) = *byte,
            Harm::Fill(at, with) => {
                let at = at.index(bytes.len());
                bytes
                    .iter_mut()
                    .skip(at)
                    .zip(with)
                    .for_each(|(to, from)| *to = *from);
            }
            Harm::Repeat(a, b) => {
                let (a, b) = (a.index(bytes.len()), b.index(bytes.len()));
                bytes.extend_from_within(a.min(b)..a.max(b));
            }
        }
    }
    bytes
}

/// Corrects the checksum of every block that could be a header, so that damage passes it.
fn with_checksums(mut tar: Vec<u8>) -> Vec<u8> {
    for block in tar.chunks_exact_mut(512) {
        if block[257..262] == *b"ustar" {
            block[148..156].fill(b' ');
            let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
            block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        }
    }
    tar
}

/// For any input: no panic, nothing beyond the caps is taken, and a refusal is one printable line.
fn stays_within_the_caps(name: &str, bytes: &[u8]) -> Result<(), TestCaseError> {
    let caps = Caps {
        files: 3,
        bytes: 64,
        archive_bytes: 16_384,
        entries: 8,
        unpacked_bytes: 32_768,
        depth: 4,
        ..Caps::default()
    };
    let desk = Desk::new();
    desk.put(name, bytes);
    match desk.read(name, &caps) {
        Ok(submission) => {
            let files = submission.files();
            let total: usize = files.values().map(String::len).sum();
            prop_assert!(total <= 64 && files.len() <= 3);
            prop_assert!(files.contains_key(submission.root_file()));
            prop_assert!(files.keys().all(|path| path.split('/').count() <= 4));
            submission.write_to(&desk.path("out")).unwrap();
            let out = fs::canonicalize(desk.path("out")).unwrap();
            for path in files.keys() {
                prop_assert!(fs::canonicalize(out.join(path)).unwrap().starts_with(&out));
            }
        }
        Err(error) => {
            prop_assert!(error.is_rejection(), "{}", error);
            prop_assert!(!error.to_string().contains(char::is_control), "{:?}", error);
        }
    }
    Ok(())
}

fn a_good_tar() -> Vec<u8> {
    let record = b"22 path=hw/src/a/b.rs\n";
    tar_of(&[
        (b"hw/", EntryType::Directory, b""),
        (b"hw/src/lib.rs", EntryType::Regular, b"mod a;\n"),
        (b"x", EntryType::XHeader, record),
        (b"hw/src/x.rs", EntryType::Regular, b"// b\n"),
        (b"././@LongLink", EntryType::GNULongName, b"hw/src/a.rs\0"),
        (b"hw/src/y.rs", EntryType::Regular, b"mod b;\n"),
        (b"hw/notes", EntryType::Regular, b"notes"),
    ])
}

fn a_good_zip() -> Vec<u8> {
    zip_of(&[
        ("hw/src/lib.rs", b"mod a;\n"),
        ("hw/src/a.rs", b"mod b;\n"),
        ("hw/src/a/b.rs", b"// bbbbbbbbbbbbbbbb\n"),
        ("hw/notes", b"notes"),
    ])
}

#[test]
fn the_archives_are_good_before_the_damage() {
    let desk = Desk::new();
    desk.put("hw.tgz", gz(&with_checksums(a_good_tar())));
    desk.put("hw.zip", a_good_zip());
    let files = ["src/a.rs", "src/a/b.rs", "src/lib.rs"];
    assert_eq!(desk.files("hw.tgz"), files);
    assert_eq!(desk.files("hw.zip"), files);
    desk.put("hw.7z", a_good_seven_zip());
    assert_eq!(desk.files("hw.7z"), files);
}

fn a_good_seven_zip() -> Vec<u8> {
    seven_zip(&[
        ("hw/src/lib.rs", b"mod a;\n"),
        ("hw/notes", b"notes"),
        ("hw/src/a.rs", b"mod b;\n"),
        ("hw/src/a/b.rs", b"// bbbbbbbbbbbbbbbb\n"),
    ])
}

proptest! {
    #[test]
    fn noise_under_any_name_is_read_or_refused(
        bytes in prop::collection::vec(any::<u8>(), 0..600),
    ) {
        stays_within_the_caps("hw.rs", &bytes)?;
        for (name, magic) in [
            ("hw.zip", &b"PK\x03\x04"[..]),
            ("hw.tgz", b"\x1f\x8b\x08\0"),
            ("hw.txz", b"\xfd7zXZ\0\0\x04\xe6\xd6\xb4\x46\x02\0"),
            ("hw.tzst", b"\x28\xb5\x2f\xfd"),
            ("hw.tbz", b"BZh91AY&SY"),
            ("hw.7z", b"7z\xbc\xaf\x27\x1c\0\x04"),
        ] {
            stays_within_the_caps(name, &bytes)?;
            stays_within_the_caps(name, &[magic, &bytes].concat())?;
        }
        stays_within_the_caps("hw.tgz", &gz(&bytes))?;
    }

    #[test]
    fn a_harmed_tar_is_read_or_refused(harms in harms()) {
        stays_within_the_caps("hw.tgz", &harmed(gz(&a_good_tar()), &harms))?;
        let tar = harmed(a_good_tar(), &harms);
        stays_within_the_caps("hw.tgz", &gz(&tar))?;
        stays_within_the_caps("hw.tgz", &gz(&with_checksums(tar)))?;
    }

    #[test]
    fn a_harmed_zip_is_read_or_refused(harms in harms()) {
        stays_within_the_caps("hw.zip", &harmed(a_good_zip(), &harms))?;
    }

    #[test]
    fn a_harmed_seven_zip_is_read_or_refused(harms in harms()) {
        stays_within_the_caps("hw.7z", &harmed(a_good_seven_zip(), &harms))?;
    }

    #[test]
    fn a_harmed_packing_is_read_or_refused(harms in harms()) {
        for packing in ["xz", "zstd", "bzip2"] {
            let packed = packed(packing, &a_good_tar());
            stays_within_the_caps("hw.tar.xz", &harmed(packed, &harms))?;
        }
    }
}

//! The book as it is served: every file of the built site, in memory.
//!
//! Its main type is [`Site`], a map from the existing paths to their files. A request
//! is looked up in it and nowhere else, so no path leads to any other file.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use hyper::body::Bytes;
use sha2::{Digest, Sha256};

/// One file of the site.
#[derive(Clone, Debug)]
pub struct Page {
    /// Its content.
    pub body: Bytes,
    /// Its media type.
    pub media_type: &'static str,
    /// An entity tag for its content.
    pub etag: String,
}

/// All files of the site.
#[derive(Debug, Default)]
pub struct Site {
    pages: HashMap<String, Page>,
    edition: String,
}

/// The site that is served now; empty while the first one is built.
#[derive(Debug, Default)]
pub struct Shelf(RwLock<Option<Arc<Site>>>);

impl Shelf {
    /// The present site.
    pub fn get(&self) -> Option<Arc<Site>> {
        let site = self.0.read().unwrap_or_else(PoisonError::into_inner);
        site.clone()
    }

    /// Replaces the site.
    pub fn put(&self, site: Site) {
        let mut place = self.0.write().unwrap_or_else(PoisonError::into_inner);
        *place = Some(Arc::new(site));
    }
}

impl Site {
    /// Reads the site that was built in `dir`. Each HTML page is told its edition, and
    /// `token`, which requests need to change something.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn read(dir: &Path, token: &str) -> io::Result<Site> {
        let mut files = BTreeMap::new();
        let mut folders = vec![dir.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder)? {
                let entry = entry?;
                let path = entry.path();
                let kind = entry.file_type()?;
                if kind.is_dir() {
                    folders.push(path);
                } else if kind.is_file()
                    && let Ok(Some(name)) = path.strip_prefix(dir).map(Path::to_str)
                {
                    files.insert(name.to_owned(), fs::read(&path)?);
                }
            }
        }
        Ok(Site::of(files, token))
    }

    fn of(files: BTreeMap<String, Vec<u8>>, token: &str) -> Site {
        let mut all = Sha256::new();
        for (name, text) in &files {
            all.update(Sha256::digest(name));
            all.update(Sha256::digest(text));
        }
        let edition = short(all);
        let meta =
            |name: &str, is: &str| format!("<meta name=\"learn-{name}\" content=\"{is}\">\n");
        let metas = meta("token", token) + &meta("edition", &edition);
        let pages = files.into_iter().map(|(name, text)| {
            let media_type = media_type(&name);
            let body = match media_type == HTML {
                true => with_metas(text, &metas),
                false => text,
            };
            let page = Page {
                etag: format!("\"{}\"", short(Sha256::new_with_prefix(&body))),
                body: Bytes::from(body),
                media_type,
            };
            (format!("/{name}"), page)
        });
        Site {
            pages: pages.collect(),
            edition,
        }
    }

    /// A name for the whole content: a change in any file makes another edition.
    pub fn edition(&self) -> &str {
        &self.edition
    }

    /// The file at this path of a request, or a folder's `index.html`.
    pub fn find(&self, path: &str) -> Option<&Page> {
        match path.ends_with('/') {
            true => self.pages.get(&format!("{path}index.html")),
            false => self.pages.get(path),
        }
    }

    /// The page for paths that do not exist.
    pub fn not_found(&self) -> Option<&Page> {
        self.pages.get("/404.html")
    }
}

const HTML: &str = "text/html; charset=utf-8";

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => HTML,
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" | "map" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "woff" => "font/woff",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// Enough of a hash to distinguish texts.
fn short(hash: Sha256) -> String {
    let digest = hash.finalize();
    let digest = digest.iter().take(12);
    digest.map(|byte| format!("{byte:02x}")).collect()
}

/// The page with these tags inserted at the end of its head.
fn with_metas(text: Vec<u8>, metas: &str) -> Vec<u8> {
    const HEAD: &[u8] = b"</head>";
    let Some(at) = text.windows(HEAD.len()).position(|here| here == HEAD) else {
        return text;
    };
    let (before, after) = text.split_at(at);
    [before, metas.as_bytes(), after].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(files: &[(&str, &str)]) -> Site {
        let owned = |(name, text): &(&str, &str)| ((*name).to_owned(), text.as_bytes().to_vec());
        Site::of(files.iter().map(owned).collect(), "t0")
    }

    fn text(site: &Site, path: &str) -> String {
        String::from_utf8(site.find(path).unwrap().body.to_vec()).unwrap()
    }

    #[test]
    fn a_page_is_told_the_token_and_its_edition_once_and_other_files_are_not() {
        let site = site(&[("a.html", "<head></head><p></head>"), ("a.js", "</head>")]);
        let edition = site.edition();
        assert_eq!(
            text(&site, "/a.html"),
            format!(
                "<head><meta name=\"learn-token\" content=\"t0\">\n\
                 <meta name=\"learn-edition\" content=\"{edition}\">\n</head><p></head>"
            )
        );
        assert_eq!(text(&site, "/a.js"), "</head>");
    }

    #[test]
    fn an_edition_is_what_the_files_are_called_and_hold() {
        let first = [("a.html", "one"), ("b.js", "two")];
        let others = [
            [("a.html", "one"), ("b.js", "three")],
            [("a.html", "one"), ("c.js", "two")],
            [("a.html", "on"), ("b.js", "etwo")],
            [("a.html", "two"), ("b.js", "one")],
        ];
        assert_eq!(site(&first).edition(), site(&first).edition());
        for other in others {
            assert_ne!(site(&first).edition(), site(&other).edition(), "{other:?}");
        }
    }

    #[test]
    fn only_what_was_built_is_there() {
        let site = site(&[("index.html", "one"), ("sub/index.html", "two")]);
        for path in ["/", "/index.html", "/sub/", "/sub/index.html"] {
            assert!(site.find(path).is_some(), "{path}");
        }
        for path in [
            "",
            "/sub",
            "//index.html",
            "/../index.html",
            "/sub/../",
            "/index.html/",
        ] {
            assert!(site.find(path).is_none(), "{path}");
        }
    }
}

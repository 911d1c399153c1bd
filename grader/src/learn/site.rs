//! The book as it is served: every file of the built site, in memory.
//!
//! Its main type is [`Site`], a map from the paths that exist to what is there. A request
//! is looked up in it and nowhere else, so no path leads to any other file.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::Path;

use hyper::body::Bytes;
use sha2::{Digest, Sha256};

/// One file of the site.
#[derive(Clone, Debug)]
pub struct Page {
    /// What it holds.
    pub body: Bytes,
    /// Its media type.
    pub media_type: &'static str,
    /// Names what it holds.
    pub etag: String,
}

/// All files of the site.
#[derive(Debug, Default)]
pub struct Site {
    pages: HashMap<String, Page>,
}

impl Site {
    /// Reads the site that was built in `dir`. Each HTML page is told `token`, which a
    /// request needs that changes something.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn read(dir: &Path, token: &str) -> io::Result<Site> {
        let mut site = Site::default();
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
                    site.add(name, fs::read(&path)?, token);
                }
            }
        }
        Ok(site)
    }

    fn add(&mut self, name: &str, text: Vec<u8>, token: &str) {
        let media_type = media_type(name);
        let body = match media_type == HTML {
            true => with_token(text, token),
            false => text,
        };
        let digest = Sha256::digest(&body);
        let digest: String = digest
            .iter()
            .take(12)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let page = Page {
            body: Bytes::from(body),
            media_type,
            etag: format!("\"{digest}\""),
        };
        self.pages.insert(format!("/{name}"), page);
    }

    /// What is at this path of a request: a file, or a folder's `index.html`.
    pub fn find(&self, path: &str) -> Option<&Page> {
        match path.ends_with('/') {
            true => self.pages.get(&format!("{path}index.html")),
            false => self.pages.get(path),
        }
    }

    /// The page that says that there is none.
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

/// The page with its token, where the first head ends.
fn with_token(text: Vec<u8>, token: &str) -> Vec<u8> {
    const HEAD: &[u8] = b"</head>";
    let Some(at) = text.windows(HEAD.len()).position(|here| here == HEAD) else {
        return text;
    };
    let meta = format!("<meta name=\"learn-token\" content=\"{token}\">\n");
    let (before, after) = text.split_at(at);
    [before, meta.as_bytes(), after].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_told_the_token_once_and_other_files_are_not() {
        let mut site = Site::default();
        site.add("a.html", b"<head></head><p></head>".to_vec(), "t0");
        site.add("a.js", b"</head>".to_vec(), "t0");
        let text = |path: &str| String::from_utf8(site.find(path).unwrap().body.to_vec()).unwrap();
        assert_eq!(
            text("/a.html"),
            "<head><meta name=\"learn-token\" content=\"t0\">\n</head><p></head>"
        );
        assert_eq!(text("/a.js"), "</head>");
    }

    #[test]
    fn only_what_was_built_is_there() {
        let mut site = Site::default();
        site.add("index.html", b"one".to_vec(), "t0");
        site.add("sub/index.html", b"two".to_vec(), "t0");
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

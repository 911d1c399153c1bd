// Runs before anything is drawn: sets the theme chosen on an earlier visit, and
// the names that mdBook's own scripts look for. It is a file because the book
// allows no inline scripts.
"use strict";

{
    const { dataset, classList } = document.documentElement;
    try {
        const theme = localStorage.getItem("theme");
        if (theme) dataset.theme = theme;
    } catch {
        // None was kept.
    }
    classList.add("js");
    globalThis.path_to_root = dataset.root;
    globalThis.path_to_searchindex_js = dataset.index;
}

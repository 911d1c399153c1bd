// Before anything is drawn: a theme that was chosen on an earlier visit, and the
// names that mdBook's own scripts look for. A file, because the book allows no
// script that is written into a page.
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

// What every page can do: show its contents, change its theme, copy its code,
// search. Replaces mdBook's script of the same name; pages can be read without
// it.
"use strict";

(() => {
    const html = document.documentElement;
    const script = document.currentScript;
    const by = (id) => document.getElementById(id);

    /** Remembers a setting, if the browser allows it. */
    const keep = (key, value) => {
        try {
            localStorage.setItem(key, value);
        } catch {
            // Then the reader is asked again.
        }
    };

    // The contents: a column where there is room, else a sheet that is opened.
    const contents = by("contents");
    const toggle = by("contents-toggle");
    const wide = matchMedia("(min-width: 68rem)");
    const isOpen = () => html.classList.contains("contents-open");
    const open = (yes) => {
        html.classList.toggle("contents-open", yes);
        toggle.setAttribute("aria-expanded", String(yes));
        if (yes) contents.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
    };
    let closed = false;
    try {
        closed = localStorage.getItem("contents") === "closed";
    } catch {
        // Nothing is kept.
    }
    open(wide.matches && !closed);
    wide.addEventListener("change", () => open(wide.matches && !closed));
    toggle.addEventListener("click", () => {
        open(!isOpen());
        if (wide.matches) {
            closed = !isOpen();
            keep("contents", closed ? "closed" : "open");
        } else if (isOpen()) {
            (contents.querySelector("[aria-current]") ?? contents.querySelector("a"))?.focus();
        }
    });
    document.addEventListener("keydown", (event) => {
        if (event.key !== "Escape" || wide.matches || !isOpen()) return;
        open(false);
        toggle.focus();
    });
    contents.addEventListener("focusout", (event) => {
        const to = event.relatedTarget;
        if (!wide.matches && to && to !== toggle && !contents.contains(to)) open(false);
    });

    // The theme: the system's, until another one is chosen.
    const theme = by("theme-toggle");
    const systemDark = matchMedia("(prefers-color-scheme: dark)");
    const isDark = () => (html.dataset.theme ?? (systemDark.matches ? "dark" : "light")) === "dark";
    const tell = () => theme.setAttribute("aria-pressed", String(isDark()));
    systemDark.addEventListener("change", tell);
    tell();
    theme.addEventListener("click", () => {
        html.dataset.theme = isDark() ? "light" : "dark";
        keep("theme", html.dataset.theme);
        tell();
    });

    // Code: a button to copy it, and a place in the tab order where it scrolls.
    const blocks = [...document.querySelectorAll("pre > code")];
    for (const code of blocks) {
        const pre = code.parentElement;
        const frame = document.createElement("div");
        frame.className = "code";
        pre.replaceWith(frame);
        const button = document.createElement("button");
        button.type = "button";
        button.className = "copy";
        button.textContent = "Copy";
        button.setAttribute("aria-label", "Copy this code");
        button.addEventListener("click", async () => {
            try {
                await navigator.clipboard.writeText(code.textContent);
                button.textContent = "Copied";
            } catch {
                button.textContent = "Not copied";
            }
            setTimeout(() => (button.textContent = "Copy"), 2000);
        });
        frame.append(pre, button);
    }
    // Whether something scrolls is known only after layout, and changes with the window.
    const scrollers = [...document.querySelectorAll("pre, .table-wrapper")];
    const sizes = new ResizeObserver((entries) => {
        for (const { target } of entries) {
            const scrolls = target.scrollWidth > target.clientWidth;
            if (scrolls) {
                target.tabIndex = 0;
                target.setAttribute("role", "group");
                target.setAttribute("aria-label", target.tagName === "PRE" ? "Code, scrolls sideways" : "Table, scrolls sideways");
            } else {
                for (const name of ["tabindex", "role", "aria-label"]) target.removeAttribute(name);
            }
        }
    });
    for (const scroller of scrollers) sizes.observe(scroller);

    // In print there is nothing to open.
    let opened = [];
    addEventListener("beforeprint", () => {
        opened = [...document.querySelectorAll("details:not([open])")];
        for (const details of opened) details.open = true;
    });
    addEventListener("afterprint", () => {
        for (const details of opened) details.open = false;
    });

    if (document.body.classList.contains("whole")) addEventListener("load", () => setTimeout(print, 100));

    // A fragment that has moved to another page.
    const moved = by("moved");
    const target = moved && JSON.parse(moved.textContent)[location.hash];
    if (target) location.replace(new URL(target, location.href));

    // `mdbook serve` says when the book was built again.
    if (script.dataset.reload) {
        const socket = new WebSocket(`${location.protocol === "https:" ? "wss:" : "ws:"}//${location.host}/${script.dataset.reload}`);
        socket.onmessage = ({ data }) => data === "reload" && location.reload();
        addEventListener("beforeunload", () => socket.close());
    }

    const load = (url) => new Promise((resolve, reject) => {
        const element = document.createElement("script");
        element.src = url;
        element.onload = resolve;
        element.onerror = reject;
        document.head.append(element);
    });

    // Colours for code, once a reader comes near it: the script is the largest of all.
    const languages = /\blanguage-(?!text|console|plain)/;
    let painter;
    const near = new IntersectionObserver(async (entries) => {
        for (const { target, isIntersecting } of entries) {
            if (!isIntersecting) continue;
            near.unobserve(target);
            await (painter ??= load(script.dataset.highlight));
            hljs.highlightBlock(target);
        }
    }, { rootMargin: "50%" });
    for (const code of blocks) if (languages.test(code.className)) near.observe(code);

    // Search: its scripts are fetched when a reader searches.
    const search = by("mdbook-search-toggle");
    if (search && script.dataset.search) {
        let ready;
        const prepare = () => (ready ??= (async () => {
            search.removeEventListener("click", first);
            for (const url of script.dataset.search.split(" ")) await load(url);
        })());
        const first = async () => {
            await prepare();
            search.click();
        };
        search.addEventListener("click", first);
        document.addEventListener("keydown", (event) => {
            const typing = event.target.closest("input, textarea, select");
            if (event.key === "/" && !ready && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
                event.preventDefault();
                first();
            }
        });
        if (/[?&](search|highlight)=/.test(location.search)) prepare();
    }
})();

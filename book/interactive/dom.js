// @ts-check
// Elements, HTML and SVG, from plain calls. No state, no templates.

/** @typedef {Node | string | null | false} Child */
/** @typedef {Record<string, string | number | boolean | ((event: Event) => void)>} Settings */

const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {Element} element
 * @param {Settings} settings functions become listeners, `true` an empty attribute
 * @param {Child[]} children
 */
function fill(element, settings, children) {
  for (const [name, value] of Object.entries(settings)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false) element.setAttribute(name, String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== false));
}

/**
 * An HTML element.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Settings} [settings]
 * @param {Child[]} children
 */
export function html(tag, settings = {}, ...children) {
  const element = document.createElement(tag);
  fill(element, settings, children);
  return element;
}

/**
 * One of the book's own elements.
 * @param {string} tag
 * @param {Settings} [settings]
 * @param {Child[]} children
 */
export function own(tag, settings = {}, ...children) {
  const element = document.createElement(tag);
  fill(element, settings, children);
  return element;
}

/**
 * An SVG element.
 * @param {string} tag
 * @param {Settings} [settings]
 * @param {Child[]} children
 */
export function svg(tag, settings = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  fill(element, settings, children);
  return element;
}

/**
 * Puts an element's own content, which serves without scripts, behind a button. It
 * stays in the page, because it is what print shows.
 * @param {HTMLElement} element
 * @param {string} what what the button shows
 * @returns {[HTMLButtonElement, HTMLElement]} the button and the content
 */
export function fallback(element, what) {
  const content = html("div", { class: "ba-fallback", hidden: true }, ...element.childNodes);
  const button = html("button", {
    type: "button",
    "aria-expanded": "false",
    click() {
      content.hidden = !content.hidden;
      button.setAttribute("aria-expanded", String(!content.hidden));
    },
  }, what);
  return [button, content];
}

/**
 * A text with code in backticks, as pieces; unclosed code stays as it is.
 * @param {string} text
 * @returns {Child[]}
 */
export function words(text) {
  const parts = text.split(/`([^`\n]+)`/);
  return parts.map((part, at) => at % 2 === 1 ? html("code", {}, part) : part);
}

/** @type {WeakMap<Element, string>} */
const made = new WeakMap();

/**
 * Fills `host`, but only if its data has changed: opened parts stay open, and nothing
 * is announced twice.
 * @param {HTMLElement} host
 * @param {unknown} what plain data
 * @param {() => Child[]} build
 */
export function keep(host, what, build) {
  const key = JSON.stringify(what);
  if (made.get(host) === key) return;
  made.set(host, key);
  const hadFocus = host.contains(document.activeElement);
  host.replaceChildren(...build().filter((child) => child !== null && child !== false));
  if (!hadFocus || host.contains(document.activeElement)) return;
  host.tabIndex = -1;
  host.focus({ preventScroll: true });
}

/**
 * A part to open; its content is made when it is first opened.
 * @param {Settings} settings
 * @param {Child} summary
 * @param {() => Child[]} build
 */
export function opens(settings, summary, build) {
  const details = html("details", {}, html("summary", {}, summary));
  const first = () => {
    if (!details.open) return;
    details.removeEventListener("toggle", first);
    fill(details, {}, build());
  };
  details.addEventListener("toggle", first);
  fill(details, settings, []);
  return details;
}

/**
 * Draws now, and again whenever the width changes.
 * @param {HTMLElement} frame
 * @param {(width: number) => Node} draw
 * @returns {() => void} to draw again
 */
export function drawn(frame, draw) {
  let width = 0;
  const again = () => {
    if (width > 0) frame.replaceChildren(draw(width));
  };
  new ResizeObserver(() => {
    const now = Math.floor(frame.clientWidth);
    if (now === width) return;
    width = now;
    again();
  }).observe(frame);
  return again;
}

/**
 * A recording beside these modules.
 * @param {string} name from the folder of this file
 * @returns {Promise<any>}
 */
export async function recording(name) {
  const answer = await fetch(new URL(name, import.meta.url));
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
  return answer.json();
}

// @ts-check
// The code beside the lanes, with the await marked at which each request is suspended.

import { html } from "./dom.js";

/** @typedef {import("./schedule.js").Walk} Walk */

/**
 * A line each, after the numbers of the requests that are suspended there.
 * @param {Walk} walk
 * @returns {HTMLElement[]}
 */
export function code(walk) {
  const { code, callers } = walk.trace;
  const requests = Array.from({ length: callers }, (_, at) => at + 1);
  return (code?.lines ?? []).map((line, at) => {
    const here = requests.filter((request) => walk.suspended(request) === at);
    return html("span", { class: here.length > 0 ? "line here" : "line" },
      html("span", { class: "who" }, here.length > 0 && `${here.join(" ")} →`), line, "\n");
  });
}

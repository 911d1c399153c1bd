// @ts-check
// <predict-answer id="slug">: a question, a list of choices, and the answer in a
// <details>. With scripts, the answer opens only after the reader has committed to a choice.
// `data-answer="2"` says which choice is right; it is marked then.

import { html } from "./dom.js";

class PredictAnswer extends HTMLElement {
  #ready = false;

  connectedCallback() {
    const list = this.querySelector(":scope > ul, :scope > ol");
    const answer = /** @type {HTMLDetailsElement | null} */ (this.querySelector(":scope > details"));
    if (this.#ready || !list || !answer) return;
    this.#ready = true;
    // Not the element's id: a page that repeats others holds it twice.
    const group = `choice-${(groups += 1)}`;
    const right = Number(this.dataset.answer) - 1;
    const items = [...list.querySelectorAll(":scope > li")];
    const radios = items.map((item, at) => html("input", { type: "radio", name: group, value: at }));
    items.forEach((item, at) => item.replaceChildren(html("label", {}, radios[at], html("span", {}, ...item.childNodes))));

    const commit = html("button", { type: "button" }, "This is my answer");
    const forget = html("button", { type: "button", class: "quiet" }, "Ask me again");
    const said = html("p", { class: "said", role: "status" });
    const controls = html("div", { class: "controls" }, commit, forget);
    list.classList.add("choices");
    list.setAttribute("role", "radiogroup");
    list.setAttribute("aria-label", "Your prediction");
    items.forEach((item) => item.setAttribute("role", "presentation"));
    list.after(controls, said);

    /** @param {number | undefined} choice the committed one */
    const show = (choice) => {
      const done = choice !== undefined;
      answer.hidden = !done;
      answer.open = done;
      commit.hidden = done;
      forget.hidden = !done;
      radios.forEach((radio, at) => {
        radio.disabled = done && at !== choice;
        radio.checked = at === choice;
      });
      items.forEach((item, at) => item.classList.toggle("right", done && at === right));
      this.toggleAttribute("data-committed", done);
    };
    commit.addEventListener("click", () => {
      const choice = radios.findIndex((radio) => radio.checked);
      if (choice < 0) {
        said.textContent = "Choose one first; a guess will do.";
        radios[0]?.focus();
        return;
      }
      this.#kept = choice;
      show(choice);
      said.textContent = Number.isNaN(right) ? "You have committed. Read on below."
        : choice === right ? "You predicted it. The reason is below."
          : `It is choice ${right + 1}, marked above. The reason is below.`;
      answer.querySelector("summary")?.focus();
    });
    forget.addEventListener("click", () => {
      this.#kept = undefined;
      show(undefined);
      said.textContent = "";
      radios[0]?.focus();
    });
    const kept = this.#kept;
    show(kept !== undefined && kept < radios.length ? kept : undefined);
  }

  get #key() {
    return `predict:${this.id}`;
  }

  /** The choice committed to, on this page or on an earlier visit. */
  get #kept() {
    try {
      const text = localStorage.getItem(this.#key);
      return text === null ? undefined : Number(text);
    } catch {
      return undefined; // In a browser without storage the question is new every time.
    }
  }

  set #kept(choice) {
    try {
      if (choice === undefined) localStorage.removeItem(this.#key);
      else localStorage.setItem(this.#key, String(choice));
    } catch {
      // The same.
    }
  }
}

let groups = 0;

customElements.define("predict-answer", PredictAnswer);

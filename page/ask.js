// Dialogs that say what will happen before it does.

import { Refused, Unreachable } from "./api.js";
import { h, show } from "./dom.js";
import { kept } from "./format.js";

const nameKey = "rosterd-decided-by";

/**
 * Asks, and acts when the answer is yes.
 *
 * `question`: {title, content, verb, dangerous, asksNote, act}. `act({by, note})` does it and gives
 * what is to be said when it is done, or another question to put in its place, with `notice`.
 * What `act` throws is told in the dialog, which stays. `done(text)` is called at the end, also
 * when the dialog was closed meanwhile: what was begun goes on.
 */
export class Ask {
  constructor(question, done) {
    this.done = done;
    this.by = h.input({
      id: "ask-by",
      name: "by",
      required: true,
      autocomplete: "name",
      maxlength: "100",
      value: kept.get(nameKey),
    });
    this.note = h.textarea({ id: "ask-note", name: "note", rows: "2", maxlength: "500" });
    this.title = h.h2({ id: "ask-title", tabindex: "-1" });
    this.content = h.div({ class: "ask-content" });
    this.problem = h.div({ class: "ask-problem", role: "alert" });
    this.fields = h.div({ class: "ask-fields" });
    this.yes = h.button({ type: "submit" });
    this.no = h.button({ type: "button", onclick: () => this.dialog.close() }, "Cancel");
    this.form = h.form(
      { onsubmit: (event) => this.submit(event) },
      this.problem,
      this.title,
      this.content,
      this.fields,
      h.div({ class: "buttons" }, this.no, this.yes),
    );
    this.dialog = h.dialog({ class: "ask", "aria-labelledby": "ask-title" }, this.form);
    this.dialog.addEventListener("close", () => this.dialog.remove());
    this.put(question);
    document.body.append(this.dialog);
    this.dialog.showModal();
    this.focusFirst();
  }

  put(question) {
    this.question = question;
    this.title.textContent = question.title;
    this.content.replaceChildren(...[question.content].flat(Infinity).filter(Boolean));
    this.content.scrollTop = 0;
    show(this.problem, question.notice ?? []);
    this.yes.textContent = question.verb;
    this.yes.className = question.dangerous ? "dangerous" : "primary";
    this.fields.replaceChildren(
      h.p({ class: "field" }, h.label({ for: "ask-by" }, "Your name, for the record"), this.by),
      ...(question.asksNote
        ? [
            h.p(
              { class: "field" },
              h.label({ for: "ask-note" }, "Note, for the record (optional)"),
              this.note,
            ),
          ]
        : []),
    );
    this.fields.hidden = question.asksNothing === true;
    this.by.disabled = this.fields.hidden;
  }

  focusFirst() {
    if (!this.by.disabled && this.by.value === "") this.by.focus();
    else this.title.focus();
  }

  async submit(event) {
    event.preventDefault();
    const by = this.by.value.trim();
    if (!this.by.disabled && by === "") {
      this.by.value = "";
      this.by.reportValidity();
      return;
    }
    if (by !== "") kept.set(nameKey, by);
    this.busy(true);
    try {
      const next = await this.question.act({ by, note: this.note.value.trim() });
      this.busy(false);
      if (typeof next === "string") {
        this.dialog.close();
        this.done(next);
      } else if (this.dialog.open) {
        this.put(next);
        this.title.focus();
      } else {
        this.done("Not done: what was shown has changed meanwhile.");
      }
    } catch (error) {
      this.busy(false);
      this.tell(error);
    }
  }

  busy(is) {
    this.form.setAttribute("aria-busy", String(is));
    this.yes.disabled = is;
    this.yes.textContent = is ? "Working…" : this.question.verb;
  }

  tell(error) {
    if (error instanceof Refused && error.status === 401) {
      this.dialog.close();
      this.done("Not done: the daemon asks for a token.", error);
      return;
    }
    const text = problemText(error);
    if (!this.dialog.open) {
      this.done(text);
      return;
    }
    show(this.problem, h.p(text));
    this.yes.focus();
  }
}

function problemText(error) {
  if (error instanceof Unreachable) {
    return "No answer came. It may have been done, or not: look again before you try once more.";
  }
  if (error instanceof Refused) return `Not done: ${error.message}.`;
  throw error;
}

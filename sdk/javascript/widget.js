/* Looplens feedback: <looplens-feedback> asks for a rating, <looplens-survey> shows a survey.
   Nothing outside the element is styled or read, and texts are only ever shown as text. */
(() => {
  "use strict";
  const script = document.currentScript;
  const settings = script ? script.dataset : {};
  const home = script ? new URL(script.src).origin : location.origin;

  const TEXTS = {
    question: "Was this helpful?",
    yes: "Yes",
    no: "No",
    stars: "How would you rate it?",
    star: "of 5 stars",
    comment: "Tell us more (optional)",
    agree: "Keep my answer to improve this product",
    send: "Send",
    close: "Not now",
    thanks: "Thank you for your feedback.",
    refused: "Nothing was kept: feedback was not agreed to.",
    nothing: "Choose or write something first.",
    failed: "It could not be sent. Please try again.",
    low: "not at all likely",
    high: "very likely",
    hard: "very difficult",
    easy: "very easy",
    bad: "very unsatisfied",
    good: "very satisfied",
  };

  const REFUSED = ["no_consent", "do_not_track", "bot"];
  const STYLE = `
    :host { display: block; max-width: 32rem; color-scheme: light dark; font: 1rem/1.45 system-ui, sans-serif;
      --ink: #1c1e26; --soft: #5b6070; --line: #8b90a0; --ground: #fff; --accent: #3b4cca; --on: #fff }
    @media (prefers-color-scheme: dark) { :host { --ink: #eceef4; --soft: #b3b8c6; --line: #7d8394;
      --ground: #191b22; --accent: #9aa7ff; --on: #14161c } }
    :host([theme=light]) { color-scheme: light; --ink: #1c1e26; --soft: #5b6070; --line: #8b90a0;
      --ground: #fff; --accent: #3b4cca; --on: #fff }
    :host([theme=dark]) { color-scheme: dark; --ink: #eceef4; --soft: #b3b8c6; --line: #7d8394;
      --ground: #191b22; --accent: #9aa7ff; --on: #14161c }
    :host([hidden]) { display: none }
    form { display: grid; gap: .9rem; padding: 1rem; border: 1px solid var(--line); border-radius: .6rem;
      color: var(--ink); background: var(--ground) }
    fieldset { border: 0; margin: 0; padding: 0; min-width: 0 }
    legend, .label { padding: 0; margin-bottom: .4rem; font-weight: 600 }
    .row { display: flex; flex-wrap: wrap; gap: .4rem; align-items: center }
    label.row { flex-wrap: nowrap }
    .ends { display: flex; justify-content: space-between; color: var(--soft); font-size: .85rem }
    label.choice { position: relative; min-width: 2.5rem; text-align: center; cursor: pointer }
    label.choice input { position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; opacity: 0; cursor: pointer }
    label.choice span { display: block; padding: .45rem .7rem; border: 1px solid var(--line); border-radius: .4rem }
    label.choice input:checked + span { background: var(--accent); border-color: var(--accent); color: var(--on); font-weight: 600 }
    label.choice input:focus-visible + span, button:focus-visible, textarea:focus-visible
      { outline: 3px solid var(--accent); outline-offset: 2px }
    textarea { box-sizing: border-box; width: 100%; min-height: 4.5rem; padding: .5rem; font: inherit; color: inherit;
      background: transparent; border: 1px solid var(--line); border-radius: .4rem; resize: vertical }
    .label { display: block }
    .agree { flex: none; width: 1.15rem; height: 1.15rem; accent-color: var(--accent) }
    button { padding: .5rem 1rem; font: inherit; border-radius: .4rem; border: 1px solid var(--line);
      color: inherit; background: transparent; cursor: pointer }
    button[type=submit] { color: var(--on); background: var(--accent); border-color: var(--accent); font-weight: 600 }
    button[disabled] { opacity: .6; cursor: default }
    p { margin: 0 }
    p:empty { display: none }`;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);

  const make = (name, properties, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };

  let groups = 0;
  /* A question with one choice of several: radio buttons, which the arrow keys move between. */
  const choice = (legend, options, ends, type = "radio") => {
    const name = `group-${++groups}`;
    const rows = options.map(([value, text, spoken]) => make("label", { className: "choice" },
      make("input", { type, name, value, ...(spoken && { ariaLabel: spoken }) }),
      make("span", { textContent: text, ariaHidden: spoken ? "true" : null })));
    const set = make("fieldset", {}, make("legend", { textContent: legend }),
      make("div", { className: "row" }, ...rows));
    if (ends) set.append(make("div", { className: "ends", ariaHidden: "true" },
      ...ends.map((textContent) => make("span", { textContent }))));
    return set;
  };
  const chosen = (set) => [...set.querySelectorAll("input:checked")].map((input) => input.value);
  const note = (text, maxLength = 5000) => make("label", {},
    make("span", { className: "label", textContent: text }), make("textarea", { maxLength }));
  const scale = (low, high) => Array.from({ length: high - low + 1 }, (_, i) => [`${low + i}`, `${low + i}`]);

  class Asking extends HTMLElement {
    connectedCallback() {
      if (this.shadowRoot) return;
      this.attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet];
      this.texts = { ...TEXTS };
      for (const name of Object.keys(TEXTS)) {
        const given = this.getAttribute(`text-${name}`) ?? this.getAttribute(name);
        if (given) this.texts[name] = given;
      }
      this.begin();
    }

    set(name) { return this.getAttribute(name) ?? settings[name] ?? ""; }

    async call(path, body) {
      const answer = await fetch((this.set("api") || home) + path, {
        method: body ? "POST" : "GET",
        headers: { "X-API-Key": this.set("key"), ...(body && { "Content-Type": "application/json" }) },
        ...(body && { body: JSON.stringify(body) }),
      });
      if (!answer.ok) throw new Error(answer.status);
      return answer.status === 204 ? null : answer.json();
    }

    /* The person's own word, where the page leaves it to them: consent="ask". */
    agreement() {
      const box = make("input", { type: "checkbox", className: "agree" });
      return make("label", { className: "row" }, box, make("span", { textContent: this.texts.agree }));
    }

    /* A form of these parts; `said` gives what to send, or null where nothing was chosen. */
    show(parts, said, deliver, closable) {
      const status = make("p", { role: "status" });
      const send = make("button", { type: "submit", textContent: this.texts.send });
      const row = make("div", { className: "row" }, send);
      if (this.set("consent") === "ask") parts = [...parts, this.agreement()];
      const form = make("form", { noValidate: true }, ...parts, row, status);
      if (closable) row.append(make("button", {
        type: "button", textContent: this.texts.close, onclick: () => { this.hidden = true; },
      }));
      form.addEventListener("submit", async (event) => {
        event.preventDefault();
        const body = said();
        if (!body) { status.textContent = this.texts.nothing; return; }
        send.disabled = true;
        status.textContent = "";
        try {
          const answer = await deliver(body);
          this.end(REFUSED.includes(answer && answer.status) ? "refused" : "thanks", form, status);
        } catch {
          send.disabled = false;
          status.textContent = this.texts.failed;
        }
      });
      this.shadowRoot.replaceChildren(form);
    }

    end(text, form, status) {
      form.replaceChildren(status);
      status.tabIndex = -1;
      status.textContent = this.texts[text];
      status.focus();
      this.dispatchEvent(new CustomEvent("looplens-sent", { bubbles: true, detail: { kept: text === "thanks" } }));
    }

    /* What every answer carries: who, with which consent, and where. */
    who() {
      const body = { user_id: this.set("user") };
      const box = this.shadowRoot.querySelector(".agree");
      if (box) body.consent = box.checked ? ["feedback"] : []; // an empty list grants nothing
      else if (this.set("consent") === "yes") body.consent = ["feedback"];
      for (const name of ["platform", "app_version", "country", "channel", "plan"])
        if (this.set(name)) body[name] = this.set(name);
      return body;
    }
  }

  class Feedback extends Asking {
    begin() {
      const asks = (this.getAttribute("ask") || "helpful stars comment").split(/\s+/);
      const { texts } = this;
      const helpful = asks.includes("helpful") &&
        choice(texts.question, [["yes", texts.yes], ["no", texts.no]]);
      const stars = asks.includes("stars") && choice(texts.stars,
        scale(1, 5).map(([value]) => [value, "\u2605".repeat(value), `${value} ${texts.star}`]));
      const comment = asks.includes("comment") && note(texts.comment);
      const said = () => {
        const body = {};
        if (helpful && chosen(helpful)[0]) body.helpful = chosen(helpful)[0] === "yes";
        if (stars && chosen(stars)[0]) body.rating = Number(chosen(stars)[0]);
        const text = comment && comment.lastChild.value.trim();
        if (text) body.comment = text;
        return Object.keys(body).length ? body : null;
      };
      this.show([helpful, stars, comment].filter(Boolean), said, (body) => this.deliver(body));
    }

    deliver(body) {
      const about = { interaction_id: this.getAttribute("interaction") || location.pathname };
      for (const name of ["subject", "package"]) if (this.set(name)) about[name] = this.set(name);
      return this.call("/api/v1/feedback", { ...this.who(), ...about, ...body });
    }
  }

  const ENDS = { nps: ["low", "high"], ces: ["hard", "easy"], csat: ["bad", "good"] };
  const SCALES = { nps: [0, 10], ces: [1, 7], csat: [1, 5] };

  class Survey extends Asking {
    begin() {
      this.hidden = true;
      const asked = new URLSearchParams({ user_id: this.set("user") });
      for (const name of ["role", "event"]) if (this.set(name)) asked.set(name, this.set(name));
      this.call(`/api/v1/surveys/next?${asked}`).then((next) => this.draw(next), () => {});
    }

    draw(next) {
      const survey = next && next.survey;
      if (!survey) return;
      const parts = survey.questions.map((question) => this.part(question));
      const said = () => {
        const answers = parts.map(({ read }, question) => ({ question, ...read() }))
          .filter((answer) => Object.keys(answer).length > 1);
        return answers.length ? { answers } : null;
      };
      const invitation = next.invitation ?? survey.invitation;
      this.show(parts.map(({ node }) => node), said, (body) => this.call(
        `/api/v1/surveys/${survey.id}/responses`, { ...this.who(), invitation, ...body }), true);
      this.hidden = false;
    }

    part({ kind, text, options, several }) {
      if (kind === "text") {
        const node = note(text);
        return { node, read: () => (node.lastChild.value.trim() ? { text: node.lastChild.value.trim() } : {}) };
      }
      if (SCALES[kind]) {
        const node = choice(text, scale(...SCALES[kind]), ENDS[kind].map((end) => this.texts[end]));
        return { node, read: () => (chosen(node)[0] ? { score: Number(chosen(node)[0]) } : {}) };
      }
      const node = choice(text, options.map((option) => [option, option]), null,
        several ? "checkbox" : "radio");
      return { node, read: () => (chosen(node)[0] ? { choices: chosen(node) } : {}) };
    }
  }

  if (!customElements.get("looplens-feedback")) {
    customElements.define("looplens-feedback", Feedback);
    customElements.define("looplens-survey", Survey);
  }
})();

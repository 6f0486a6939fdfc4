// <propusk-new-password>: says while typing which rules are met and how strong the password is, and fills in a
// generated one without loading the page again.
const pause = 350;

class NewPassword extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("#password");
    this.repeat = this.querySelector("#password_repeat");
    this.strength = this.querySelector("[data-strength]");
    this.input.addEventListener("input", () => this.later());
    this.querySelector("button[value=generate]").addEventListener("click", (event) => this.generate(event));
    if (this.input.value) this.check();
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.check(), pause);
  }

  async check() {
    const password = this.input.value;
    if (!password) return this.forget();
    const context = this.dataset.context.split("\n").filter(Boolean);
    const answer = await post("/v1/passwords:check", { password, context });
    // An answer about what was typed before is of no use.
    if (answer && password === this.input.value) this.tell(answer);
  }

  tell(answer) {
    const broken = new Map((answer.violations ?? []).map((v) => [v.code, v.detail]));
    for (const rule of this.querySelectorAll("[data-rule]")) {
      const isBroken = broken.delete(rule.dataset.rule);
      rule.classList.toggle("is-broken", isBroken);
      rule.classList.toggle("is-met", !isBroken);
      rule.querySelector("[data-state]").textContent = isBroken ? this.dataset.broken : this.dataset.met;
    }
    this.judge(answer, [...broken.values()], this.querySelectorAll(".is-broken[data-rule]").length);
  }

  // judge says how strong the password is, but never calls one strong that will be refused. It speaks in a live region, so
  // that the number of rules still unmet is heard while typing; the list itself says which when it is read.
  judge(answer, others, unmet) {
    const refused = !answer.acceptable;
    const score = Math.min(refused ? 1 : 4, Math.max(0, Number(answer.score ?? 0)));
    this.strength.dataset.score = String(score);
    const words = this.getAttribute(`data-score-${score}`);
    const verdict = refused ? this.dataset.refused.replace("{count}", String(unmet)) : this.dataset.allMet;
    this.strength.textContent = [unmet > 0 || !refused ? verdict : "", ...others, `${this.dataset.scoreLabel} ${words}.`].join(" ").trim();
  }

  forget() {
    for (const rule of this.querySelectorAll("[data-rule]")) {
      rule.classList.remove("is-broken", "is-met");
      rule.querySelector("[data-state]").textContent = "";
    }
    delete this.strength.dataset.score;
    this.strength.textContent = "";
  }

  // generate asks for a password; where that fails the form is sent as it is without JavaScript.
  async generate(event) {
    event.preventDefault();
    const button = event.currentTarget;
    const answer = await post("/v1/passwords:generate", {});
    if (!answer?.password) return button.form.requestSubmit(button);
    this.input.value = this.repeat.value = answer.password;
    for (const field of this.querySelectorAll("propusk-password")) field.show(true);
    this.input.focus();
    await this.check();
  }
}

async function post(url, body) {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", "Accept-Language": document.documentElement.lang },
      body: JSON.stringify(body),
      credentials: "omit",
    });
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

customElements.define("propusk-new-password", NewPassword);

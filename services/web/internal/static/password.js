// <propusk-password>: a button that shows what is typed into the password field inside.
class Password extends HTMLElement {
  connectedCallback() {
    if (this.button) return;
    this.input = this.querySelector("input");
    this.button = document.createElement("button");
    this.button.type = "button";
    this.button.className = "show";
    this.button.setAttribute("aria-controls", this.input.id);
    this.button.addEventListener("click", () => this.toggle());
    this.input.form?.addEventListener("submit", () => this.show(false));
    this.append(this.button);
    this.show(false);
  }

  toggle() {
    this.show(this.input.type === "password");
    this.input.focus();
  }

  // A password is never sent from a text field: browsers would offer it as a suggestion later.
  show(visible) {
    this.input.type = visible ? "text" : "password";
    const text = visible ? this.dataset.hide : this.dataset.show;
    this.button.textContent = text;
    // Two passwords on one page have two buttons: what is heard names the field too.
    this.button.setAttribute("aria-label", `${text}: ${this.input.labels[0]?.textContent.trim() ?? ""}`);
  }
}

customElements.define("propusk-password", Password);

// <propusk-copy>: a button that copies the output inside.
class Copy extends HTMLElement {
  connectedCallback() {
    if (this.button || !navigator.clipboard) return;
    this.button = document.createElement("button");
    this.button.type = "button";
    this.button.className = "button quiet small";
    this.button.addEventListener("click", () => this.copy());
    this.append(this.button);
    this.name(this.dataset.copy);
  }

  get value() {
    return this.querySelector("output").textContent.trim();
  }

  // name says on the button what it does, and to who only hears it also with what: a page may have several.
  name(text) {
    this.button.textContent = text;
    const what = [this.dataset.what, this.value].filter(Boolean).join(", ");
    this.button.setAttribute("aria-label", `${text}: ${what}`);
  }

  async copy() {
    try {
      await navigator.clipboard.writeText(this.value);
    } catch {
      return; // Refused by the browser: the value can still be selected.
    }
    this.button.setAttribute("aria-live", "polite");
    this.name(this.dataset.copied);
    setTimeout(() => this.name(this.dataset.copy), 3000);
  }
}

customElements.define("propusk-copy", Copy);

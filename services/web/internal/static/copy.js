// <propusk-copy>: a button that copies the output inside.
class Copy extends HTMLElement {
  connectedCallback() {
    if (this.button || !navigator.clipboard) return;
    this.button = document.createElement("button");
    this.button.type = "button";
    this.button.className = "button quiet small";
    this.button.textContent = this.dataset.copy;
    this.button.addEventListener("click", () => this.copy());
    this.append(this.button);
  }

  async copy() {
    try {
      await navigator.clipboard.writeText(this.querySelector("output").textContent.trim());
    } catch {
      return; // Refused by the browser: the value can still be selected.
    }
    this.button.textContent = this.dataset.copied;
    this.button.setAttribute("aria-live", "polite");
    setTimeout(() => (this.button.textContent = this.dataset.copy), 3000);
  }
}

customElements.define("propusk-copy", Copy);

// <propusk-onward>: follows the first link inside after so many seconds, unless the person does something first.
class Onward extends HTMLElement {
  connectedCallback() {
    const seconds = Number(this.getAttribute("seconds")) || 3;
    this.timer = setTimeout(() => this.querySelector("a")?.click(), seconds * 1000);
    this.stop = () => clearTimeout(this.timer);
    for (const event of ["keydown", "pointerdown"]) document.addEventListener(event, this.stop, { once: true });
  }

  disconnectedCallback() {
    this.stop?.();
  }
}

customElements.define("propusk-onward", Onward);

// <propusk-countdown>: keeps the button inside disabled for so many seconds and counts them down.
class Countdown extends HTMLElement {
  connectedCallback() {
    const seconds = Number(this.getAttribute("seconds"));
    if (!(seconds > 0) || this.end) return;
    this.end = Date.now() + seconds * 1000;
    this.button = this.querySelector("button");
    this.note = this.querySelector(".hint");
    this.button.disabled = true;
    this.timer = setInterval(() => this.tick(), 1000);
    this.tick();
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  tick() {
    const left = Math.ceil((this.end - Date.now()) / 1000);
    if (left > 0) {
      const time = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
      this.note.textContent = this.dataset.text.replace("{time}", time);
      return;
    }
    clearInterval(this.timer);
    this.button.disabled = false;
    this.note.remove();
  }
}

customElements.define("propusk-countdown", Countdown);

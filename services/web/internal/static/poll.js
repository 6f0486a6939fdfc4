// <propusk-poll>: asks for the page again every so many seconds and shows what has changed inside; when the new
// page has no such element any more, what was waited for has happened and the page is loaded anew.
class Poll extends HTMLElement {
  connectedCallback() {
    this.plan();
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  plan() {
    const seconds = Math.max(1, Number(this.getAttribute("seconds")) || 3);
    this.timer = setTimeout(() => this.look(), seconds * 1000);
  }

  async look() {
    try {
      const response = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
      if (response.ok && !this.show(await response.text())) return location.reload();
    } catch {
      // The network is away: the next look may find it again.
    }
    if (this.isConnected) this.plan();
  }

  // show tells whether the page still waits.
  show(html) {
    const page = new DOMParser().parseFromString(html, "text/html");
    const fresh = page.querySelector("propusk-poll");
    if (!fresh) return false;
    this.setAttribute("seconds", fresh.getAttribute("seconds"));
    const now = this.querySelector("[role=status]");
    const then = fresh.querySelector("[role=status]");
    // The live region stays and only its content changes, or screen readers would say nothing.
    if (then && now.innerHTML !== then.innerHTML) now.replaceChildren(...then.childNodes);
    return true;
  }
}

customElements.define("propusk-poll", Poll);

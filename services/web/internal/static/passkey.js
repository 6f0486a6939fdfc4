// <propusk-passkey>: a form that is sent with what a passkey answers. data-options is what it is asked, or with data-make what it is
// made by; without them the form leads to a page that has them. With data-autofill the browser offers passkeys in the login's field.
class Passkey extends HTMLElement {
  connectedCallback() {
    if (this.form) return;
    this.form = this.querySelector("form");
    this.note = this.querySelector("[role=status]");
    const shown = this.querySelector(able() ? "[data-form]" : "[data-unable]");
    if (shown) shown.hidden = false;
    if (!able()) return;
    this.form.addEventListener("submit", (event) => this.answer(event));
    // A page that is come back to asks again.
    window.addEventListener("pageshow", () => {
      this.form.elements.credential.value = "";
      this.busy = false;
    });
    if (this.hasAttribute("data-autofill")) this.offer();
  }

  disconnectedCallback() {
    this.asking?.abort();
  }

  async answer(event) {
    if (event.defaultPrevented || this.form.elements.credential.value) return;
    event.preventDefault();
    if (this.busy) return; // it was pressed twice
    this.busy = true;
    this.note.textContent = "";
    const form = await this.asked();
    if (!form) return this.form.submit(); // the page that the form leads to says what is the matter
    if (await this.use(form, {})) return;
    this.busy = false;
    this.note.textContent = this.dataset.failed;
  }

  // offer waits for the person to choose a passkey in the field of the login. It asks for nothing, so it fails in silence.
  async offer() {
    if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
    const form = await this.asked();
    if (form) await this.use(form, { mediation: "conditional" });
  }

  // use has the passkey answer, and sends the form with that; false: it was not used.
  async use(form, how) {
    this.asking?.abort();
    const asking = (this.asking = new AbortController());
    try {
      const made = this.hasAttribute("data-make");
      const credential = await (made
        ? navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(form.options), signal: asking.signal })
        : navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(form.options), signal: asking.signal, ...how }));
      form.element.elements.credential.value = JSON.stringify(credential);
    } catch {
      return asking.signal.aborted; // another question has taken its place
    }
    if (form.element.isConnected) {
      form.element.requestSubmit();
    } else {
      form.element.hidden = true;
      document.body.append(form.element);
      form.element.submit();
    }
    return true;
  }

  // asked is the form with what the passkey is asked: this page's, or that of the page that this one leads to. What that page asks
  // can be answered for a while.
  async asked() {
    if (this.dataset.options) return { options: JSON.parse(this.dataset.options), element: this.form };
    if (this.begun && Date.now() < this.begun.end) return this.begun.form;
    const form = await this.begin();
    if (form) this.begun = { form, end: Date.now() + 5 * 60_000 };
    return form;
  }

  async begin() {
    try {
      const response = await fetch(this.form.action, {
        method: "POST", body: new URLSearchParams(new FormData(this.form)), headers: { Accept: "text/html" },
      });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const there = page.querySelector("propusk-passkey[data-options]");
      if (!there) return null;
      return { options: JSON.parse(there.dataset.options), element: document.adoptNode(there.querySelector("form")) };
    } catch {
      return null; // the network is away
    }
  }
}

// able says whether the browser can: an address in numbers has no passkeys.
function able() {
  return Boolean(globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON) && !/^[\d.]+$|:/.test(location.hostname);
}

customElements.define("propusk-passkey", Passkey);

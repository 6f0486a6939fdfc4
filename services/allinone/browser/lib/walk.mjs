// A person in a real browser. Every page the walk stops at is looked at: accessibility, narrow screens, complaints
// of the browser.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";
import { origin, password } from "./sandbox.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const rules = { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], resultTypes: ["violations"] };
const narrow = { width: 320, height: 640 };
const phone = { width: 360, height: 740 };
const wide = { width: 1280, height: 800 };

/** Where pictures of the pages go; none are made without it. */
const pictures = process.env.SCREENSHOTS;

/**
 * Runs a story in a browser of its own.
 * @param {{javaScript?: boolean, lang?: "ru"|"en", dark?: boolean, attended?: boolean}} how attended: somebody is there, whom pages
 *   that lead on after a while wait for
 * @param {(walk: Walk) => Promise<void>} story
 */
export async function inBrowser(how, story) {
  const browser = await launch();
  try {
    await inWindow(browser, how, story);
  } finally {
    await browser.close();
  }
}

/** Starts a browser. */
export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync",
    ],
  });
}

/** Runs a story in a browser that has seen nothing yet: see inBrowser. */
export async function inWindow(browser, { javaScript = true, lang = "ru", dark = false, attended = false }, story) {
  const context = await browser.newContext({
    javaScriptEnabled: javaScript, locale: lang, colorScheme: dark ? "dark" : "light", viewport: wide,
    reducedMotion: "reduce",
  });
  context.setDefaultTimeout(60_000); // a machine may be slow
  if (attended) await context.addInitScript(pressSomething);
  const walk = new Walk(await context.newPage(), { javaScript, lang });
  try {
    await story(walk);
  } catch (failure) {
    const page = (await walk.text().catch(() => "")).slice(0, 500);
    throw new Error(`at ${walk.page.url()}, which shows:\n${page}`, { cause: failure });
  } finally {
    await context.close();
  }
  assert.deepEqual(walk.complaints, [], "the browser complains");
  assert.deepEqual(walk.findings, [], "pages are at fault");
}

/** What somebody does who is there, as soon as a page is. */
function pressSomething() {
  addEventListener("DOMContentLoaded", () => document.dispatchEvent(new Event("keydown")));
}

export class Walk {
  constructor(page, { javaScript, lang, seen = new Map(), shown = new Set() }) {
    this.page = page;
    this.javaScript = javaScript;
    this.lang = lang;
    /** What is wrong with pages; told at the end, so that one run shows all. */
    this.findings = [];
    /** What the browser had to say: errors of scripts, breaches of the content security policy, failed requests. */
    this.complaints = [];
    this.pictures = seen;
    /** The paths of the pages that were shown. */
    this.shown = shown;
    page.on("response", (r) => this.see(r));
    page.on("console", (m) => this.hear(m));
    page.on("pageerror", (e) => this.complaints.push(`${page.url()}: ${e.message}`));
    page.on("requestfailed", (r) => this.missed(r));
  }

  see(r) {
    const { origin: from, pathname } = new URL(r.url());
    const isPage = r.request().isNavigationRequest() && from === origin && r.headers()["content-type"]?.startsWith("text/html");
    if (isPage && (r.status() < 300 || r.status() >= 400)) this.shown.add(pathname);
  }

  hear(m) {
    if (m.type() !== "error" && m.type() !== "warning") return;
    // A page that was refused (400, 404) is reported like a missing picture; the walk knows about its pages.
    if (m.location().url === this.page.url() && m.text().startsWith("Failed to load resource")) return;
    this.complaints.push(`${this.page.url()}: ${m.text()} (${m.location().url})`);
  }

  missed(r) {
    const cause = r.failure()?.errorText;
    // Leaving a page ends what it was still loading.
    if (cause !== "net::ERR_ABORTED") this.complaints.push(`${this.page.url()}: ${r.url()} ${cause}`);
  }

  /** Another window of the same browser. */
  async another() {
    const page = await this.page.context().newPage();
    const other = new Walk(page, { javaScript: this.javaScript, lang: this.lang, seen: this.pictures, shown: this.shown });
    other.findings = this.findings;
    other.complaints = this.complaints;
    return other;
  }

  async open(path) {
    await this.page.bringToFront(); // one that is behind another is drawn once a second
    return this.page.goto(new URL(path, origin).href, { waitUntil: "load" });
  }

  /** Does what leads to another page (or the same one anew), and waits until that is there. */
  async leave(act) {
    await this.page.bringToFront();
    // Refused forms come back under the same address, so that waiting for an address would not do.
    await Promise.all([this.page.waitForNavigation({ waitUntil: "load" }), act()]);
    // A page that only leads on is left by itself.
    await this.page.locator("#onward").waitFor({ state: "detached" });
    await this.page.waitForLoadState("load");
  }

  /** Follows a link or presses a button. */
  press(selector) {
    return this.leave(() => this.page.locator(selector).first().click());
  }

  /** Fills in fields by their names, and sends the form with the button. */
  async send(values, button = "main form:not(#note *) button[type=submit]") {
    await this.fill(values);
    return this.press(button);
  }

  async fill(values) {
    await this.page.bringToFront();
    for (const [name, value] of Object.entries(values)) {
      if (Array.isArray(value)) {
        await this.tick(name, value);
        continue;
      }
      const field = this.page.locator(`main [name=${name}]:not([type=hidden])`).first();
      const kind = await field.evaluate((e) => (e.localName === "select" ? "select" : e.type));
      if (kind === "select") await field.selectOption(value);
      else if (kind === "radio") await this.page.locator(`main [name=${name}][value="${value}"]`).check();
      else if (kind === "checkbox") await field.setChecked(Boolean(value));
      else await field.fill(value ?? "");
    }
  }

  /** Ticks those of the checkboxes of one name that have the values, and no other. */
  async tick(name, values) {
    for (const box of await this.page.locator(`main [name=${name}]`).all()) {
      await box.setChecked(values.includes(await box.getAttribute("value")));
    }
  }

  /** The value of a field: of radios the one that is chosen, of a checkbox whether it is ticked. */
  async value(name) {
    const fields = this.page.locator(`main [name=${name}]:not([type=hidden])`);
    const kind = await fields.first().evaluate((e) => e.type);
    if (kind === "radio") return (await this.page.locator(`main [name=${name}]:checked`).getAttribute("value")) ?? "";
    if (kind === "checkbox") return fields.first().isChecked();
    return fields.first().inputValue();
  }

  async text() {
    return (await this.page.locator("main").innerText()).replaceAll("\u00a0", " "); // texts are typeset
  }

  async shows(...texts) {
    const page = await this.text();
    for (const text of texts) assert.ok(page.includes(text), `the page does not show ${JSON.stringify(text)}`);
  }

  /** Where the walk is: a path, or what it matches. */
  at(path) {
    const { pathname } = new URL(this.page.url());
    if (path instanceof RegExp) assert.match(pathname, path);
    else assert.equal(pathname, path);
  }

  /** Looks at the page, which is called name in findings and pictures. */
  async look(name) {
    await this.page.bringToFront();
    await this.withScripts(() => this.checkAccess(name));
    await this.picture(`${name}-wide`);
    await this.page.setViewportSize(narrow);
    const width = await this.page.evaluate(() => document.documentElement.scrollWidth);
    if (width > narrow.width) this.findings.push(`${name}: ${width} px wide on a screen of ${narrow.width}`);
    await this.picture(`${name}-narrow`);
    await this.lookEnlarged(name);
    await this.page.setViewportSize(wide);
    const { lang, astray, twins } = await this.page.evaluate(() => ({
      lang: document.documentElement.lang,
      twins: [...document.querySelectorAll("button")].map((b) => b.getAttribute("aria-label") ?? b.textContent.trim())
        .filter((name, i, all) => all.indexOf(name) !== i),
      astray: [...document.querySelectorAll('a[href^="#"]')]
        .map((a) => a.getAttribute("href")).filter((h) => !document.getElementById(h.slice(1))),
    }));
    if (lang !== this.lang) this.findings.push(`${name}: is in ${lang}`);
    if (twins.length > 0) this.findings.push(`${name}: buttons of one name: ${twins}`);
    if (astray.length > 0) this.findings.push(`${name}: links that lead nowhere: ${astray}`);
  }

  /** Looks at a page that leads on by itself after a while, and follows its link if it has not done so by then. */
  async lookBriefly(name) {
    const here = new URL(this.page.url()).pathname;
    const leaving = this.page.waitForURL((u) => u.pathname !== here, { waitUntil: "load" });
    await this.page.keyboard.press("Shift"); // a person who does something is not led on
    await this.look(name);
    await this.page.bringToFront();
    await Promise.all([leaving, this.page.locator("main .button").first().click()]);
  }

  /** A cheap phone whose owner has set letters twice as large. */
  async lookEnlarged(name) {
    await this.page.setViewportSize(phone);
    const enlarge = (size) => this.page.evaluate((s) => { document.documentElement.style.fontSize = s; }, size);
    await enlarge("200%");
    const { width, wide: culprits } = await this.page.evaluate((limit) => ({
      width: document.documentElement.scrollWidth,
      wide: [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > limit + 1)
        .slice(0, 3).map((e) => e.outerHTML.slice(0, 80)),
    }), phone.width);
    if (width > phone.width) this.findings.push(`${name}: with large letters ${width} px wide on a screen of ${phone.width}: ${culprits}`);
    await this.picture(`${name}-large`);
    await enlarge("");
  }

  /** Lets our own scripts wait for something on a page that was loaded with JavaScript off; its own stay away. */
  async withScripts(act) {
    if (this.javaScript) return act();
    const session = await this.page.context().newCDPSession(this.page);
    const disable = (value) => session.send("Emulation.setScriptExecutionDisabled", { value });
    await disable(true); // as it is: a session that never did cannot undo it
    await disable(false);
    try {
      return await act();
    } finally {
      await disable(true);
      await session.detach();
    }
  }

  async checkAccess(name) {
    const violations = await this.page.evaluate(
      async ([source, options]) => {
        // Before anything is waited for: later the page's policy forbids eval, from which the debugger is exempt.
        if (!globalThis.axe) (0, eval)(source);
        await document.fonts.ready;
        return (await globalThis.axe.run(document, options)).violations;
      },
      [axe, rules],
    );
    for (const v of violations) {
      const where = v.nodes.map((n) => `${n.target.join(" ")} (${n.any[0]?.message ?? n.failureSummary})`);
      this.findings.push(`${name}: ${v.id}: ${v.help}: ${where.join("; ")}`);
    }
  }

  async picture(name) {
    if (!pictures) return;
    await mkdir(pictures, { recursive: true });
    const number = String(this.pictures.size).padStart(2, "0");
    this.pictures.set(name, number);
    const mode = this.javaScript ? "js" : "nojs";
    await this.page.screenshot({ path: `${pictures}/${this.lang}-${mode}-${number}-${name}.png`, fullPage: true });
  }

  /**
   * The refused form says what is wrong: the summary has the focus, and each of its links leads to a field that
   * names its error.
   * @param {string[]} fields
   */
  async refused(...fields) {
    const summary = this.page.locator(".summary");
    await summary.waitFor();
    assert.ok(await summary.evaluate((e) => e === document.activeElement), "the summary does not have the focus");
    const links = await summary.locator("a").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
    assert.deepEqual([...new Set(links)].sort(), fields.map((f) => `#${f}`).sort(), "what the summary links to");
    for (const field of fields) {
      await summary.locator(`a[href="#${field}"]`).first().click();
      const state = await this.page.evaluate((id) => {
        const e = document.getElementById(id);
        const notes = e.closest("[aria-describedby]")?.getAttribute("aria-describedby")?.split(" ") ?? [];
        const error = notes.map((n) => document.getElementById(n)).find((n) => n?.className === "field-error");
        return { focused: e === document.activeElement, error: error?.textContent.trim() };
      }, field);
      assert.ok(state.focused, `the link to ${field} does not lead there`);
      assert.ok(state.error, `${field} does not say what is wrong with it`);
    }
  }

  /** Signs in on the page shown. */
  signIn(login) {
    return this.send({ login, password });
  }
}

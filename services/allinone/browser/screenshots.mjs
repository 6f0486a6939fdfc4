// Pictures of every page in every state: `node screenshots.mjs <pages> <pictures> [<part of a name>]`. The pages are those that
// the features' tests write into PROPUSK_PAGES_DIR; the look is that of the sources. index.html shows all of them side by side.
// The walks make pictures of the pages that only a running installation has: see SCREENSHOTS in ../browser_test.go.
import { createServer } from "node:http";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { launch } from "./lib/walk.mjs";

const [pages, pictures, part = ""] = process.argv.slice(2);
const look = new URL("../../web/internal/static/", import.meta.url).pathname;
const sandboxLook = new URL("../../sandbox/internal/pages/static/", import.meta.url).pathname;
const kinds = { ".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2" };

/** How people see a page. Letters are printed. */
const views = [
  { name: "360-light", width: 360 },
  { name: "360-dark", width: 360, dark: true },
  { name: "1280-light", width: 1280 },
  { name: "1280-dark", width: 1280, dark: true },
  { name: "360-large", width: 360, large: true },
  { name: "print", width: 794, media: "print", only: /letter|confirmed|data|services|track/ },
];

/** What is to be operated is at least this high, in px. */
const target = 44;

const names = (await readdir(pages)).filter((f) => f.endsWith(".html") && f.includes(part)).sort();
await mkdir(pictures, { recursive: true });
const server = createServer(serve);
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
const browser = await launch();
try {
  const findings = new Set();
  for (const view of views) await take(view, findings);
  await writeFile(join(pictures, "index.html"), index());
  for (const f of [...findings].sort()) console.log(f);
} finally {
  await browser.close();
  server.close();
}

/** Gives a page, or a file of the look under the address of any version, or of what the sandbox adds to it. */
async function serve(request, answer) {
  const { pathname } = new URL(request.url, "http://localhost");
  const [, first, second, ...rest] = pathname.split("/");
  let file = join(pages, basename(pathname));
  if (first === "static") file = join(look, ...rest);
  else if (second === "static") file = join(sandboxLook, ...rest);
  try {
    const content = await readFile(file);
    answer.writeHead(200, { "Content-Type": kinds[extname(file)] ?? "application/octet-stream" }).end(content);
  } catch {
    answer.writeHead(404).end();
  }
}

/** Takes the pictures of one view, and finds what does not fit it. */
async function take(view, findings) {
  const context = await browser.newContext({
    viewport: { width: view.width, height: 800 }, colorScheme: view.dark ? "dark" : "light", reducedMotion: "reduce",
  });
  const page = await context.newPage();
  if (view.media) await page.emulateMedia({ media: view.media });
  for (const file of names.filter((f) => !view.only || view.only.test(f))) {
    await page.goto(`http://127.0.0.1:${server.address().port}/${file}`);
    if (view.large) await page.evaluate(() => { document.documentElement.style.fontSize = "200%"; });
    await page.evaluate(() => document.fonts.ready);
    for (const f of await page.evaluate(faults, target)) findings.add(`${file} ${view.name}: ${f}`);
    await page.screenshot({ path: picture(file, view), fullPage: true });
  }
  await context.close();
}

/** In the page: what is wider than the screen, and what is too low for a finger; a link within a sentence is as high as the line. */
function faults(least) {
  const out = [];
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) out.push(`${scrollWidth} px wide on a screen of ${clientWidth}`);
  for (const e of document.querySelectorAll("button, .button, nav a, summary, select, input:not([type=hidden], .hidden-text), .radio label, .checkbox label")) {
    const { height, width } = (e.type === "radio" || e.type === "checkbox" ? e.parentElement : e).getBoundingClientRect();
    if (width > 0 && height < least - 0.5) out.push(`${e.localName}.${e.className} is ${Math.round(height)} px high`);
  }
  return out;
}

function picture(file, view) {
  return join(pictures, `${basename(file, ".html")}-${view.name}.png`);
}

function index() {
  const row = (file) => views.filter((v) => !v.only || v.only.test(file))
    .map((v) => `<img loading="lazy" alt="${v.name}" src="${basename(picture(file, v))}" width="${v.width / 2}">`).join("\n");
  const rows = names.map((f) => `<h2>${basename(f, ".html")}</h2>\n<p>${row(f)}</p>`);
  return `<!DOCTYPE html><meta charset="utf-8"><title>Pages</title><style>p{display:flex;gap:1rem;align-items:flex-start}</style>\n${rows.join("\n")}\n`;
}

// Bundles the page into dist, for the installation at PROPUSK_URL; with --serve also serves it, and follows changes.
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { context } from "esbuild";

const api = new URL(process.env.PROPUSK_URL ?? "http://localhost:8080").origin;
const outdir = process.env.OUT ?? "dist";

await mkdir(outdir, { recursive: true });
await copyFile("style.css", join(outdir, "style.css"));
await writeFile(join(outdir, "index.html"), (await readFile("index.html", "utf8")).replaceAll("%API%", api));

const bundle = await context({
  entryPoints: ["src/main.ts"], outdir, bundle: true, format: "esm", target: "es2022", sourcemap: true, logLevel: "info",
});
if (process.argv.includes("--serve")) {
  await bundle.watch();
  await bundle.serve({ servedir: outdir, host: "127.0.0.1", port: Number(process.env.PORT ?? 5173) });
} else {
  await bundle.rebuild();
  await bundle.dispose();
}

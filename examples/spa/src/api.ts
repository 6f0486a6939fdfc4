import { createClient } from "@propusk-id/client";
import { saved } from "./saved.js";

const place = document.querySelector<HTMLMetaElement>('meta[name="api"]');

/** The installation's calls, as who is signed in. */
export const api = createClient({
  baseUrl: place?.content ?? "http://localhost:8080",
  language: "en",
  token: () => saved().token,
});

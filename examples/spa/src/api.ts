import { createClient } from "@propusk-id/client";
import { saved } from "./saved.js";

const place = document.querySelector<HTMLMetaElement>('meta[name="api"]');

/** Where the installation is. */
export const installation = place?.content ?? "http://localhost:8080";

/** The installation's calls, as who is signed in. */
export const api = createClient({
  baseUrl: installation,
  language: "en",
  token: () => saved().token,
});

/** How far this device's clock is behind the service's, in milliseconds. */
let behind = 0;

api.use({
  onResponse({ response }) {
    const time = Date.parse(response.headers.get("Date") ?? "");
    if (!Number.isNaN(time)) behind = time - Date.now();
  },
});

/** The time by the service's clock, which is what its answers' times are of. */
export function serverNow(): number {
  return Date.now() + behind;
}

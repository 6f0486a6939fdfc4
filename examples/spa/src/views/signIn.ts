import { read } from "@propusk-id/client";
import { api, installation } from "../api.js";
import { deviceToken } from "../device.js";
import { element } from "../dom.js";
import { form } from "../form.js";
import { keepSignIn } from "../signedIn.js";
import type { Next, View } from "../view.js";

/** For who has an account already. */
export function signInView(next: Next, why?: string): View {
  const sheet = form([
    { name: "login", label: "Phone, email or SNILS", autocomplete: "username" },
    { name: "password", label: "Password", type: "password", autocomplete: "current-password" },
  ], "Sign in", async (typed, key) => {
    const device = deviceToken();
    keepSignIn(await read(api.POST("/v1/sessions", {
      params: { header: { "Idempotency-Key": key } }, body: { ...typed, ...(device === undefined ? {} : { deviceToken: device }) },
    })));
    await next();
  });
  // The way back is the installation's own: it is the same at every site.
  const recover = element("p", {}, element("a", { href: `${installation}/recover` }, "I cannot sign in"));
  return { title: "Sign in", content: [...(why === undefined ? [] : [element("p", {}, why)]), sheet, recover] };
}

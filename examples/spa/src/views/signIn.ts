import { read } from "@propusk-id/client";
import { api } from "../api.js";
import { element } from "../dom.js";
import { form } from "../form.js";
import { save } from "../saved.js";
import type { Next, View } from "../view.js";

/** For who has an account already. */
export function signInView(next: Next, why?: string): View {
  const sheet = form([
    { name: "login", label: "Phone, email or SNILS", autocomplete: "username" },
    { name: "password", label: "Password", type: "password", autocomplete: "current-password" },
  ], "Sign in", async (body) => {
    const session = await read(api.POST("/v1/sessions", { body }));
    save(session.token === undefined ? {} : { token: session.token });
    await next();
  });
  return { title: "Sign in", content: [...(why === undefined ? [] : [element("p", {}, why)]), sheet] };
}

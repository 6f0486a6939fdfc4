import { read } from "@propusk-id/client";
import { api } from "../api.js";
import { button, element } from "../dom.js";
import { form } from "../form.js";
import { save } from "../saved.js";
import type { Next, View } from "../view.js";

/** Name and phone: a code is sent there. */
export function signUpView(next: Next, signIn: () => void): View {
  const sheet = form([
    { name: "lastName", label: "Surname", autocomplete: "family-name" },
    { name: "firstName", label: "First name", autocomplete: "given-name" },
    { name: "middleName", label: "Patronymic (optional)", autocomplete: "additional-name" },
    { name: "phone", label: "Mobile phone", hint: "We send a code to it.", type: "tel", autocomplete: "tel" },
  ], "Get a code", async (body, key) => {
    const { id } = await read(api.POST("/v1/registrations", { body, params: { header: { "Idempotency-Key": key } } }));
    save({ registration: id });
    await next();
  });
  return { title: "Sign up", content: [sheet, element("p", {}, "You have an account already? ", button("Sign in", signIn))] };
}

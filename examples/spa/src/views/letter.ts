import { read } from "@propusk-id/client";
import { api } from "../api.js";
import { element } from "../dom.js";
import { form } from "../form.js";
import type { Next, View } from "../view.js";

/** Where to send the letter whose code confirms the account. */
export function letterView(next: Next): View {
  const sheet = form([
    { name: "postalCode", label: "Postcode", hint: "6 digits.", inputmode: "numeric", autocomplete: "postal-code" },
    { name: "region", label: "Region", autocomplete: "address-level1" },
    { name: "city", label: "City or village", autocomplete: "address-level2" },
    { name: "street", label: "Street (optional)", autocomplete: "address-line1" },
    { name: "house", label: "House" },
    { name: "flat", label: "Flat (optional)" },
  ], "Order the letter", async (address, key) => {
    await read(api.POST("/v1/me/letterOrders", {
      params: { header: { "Idempotency-Key": key } }, body: { address: { ...address, type: "RESIDENCE" } },
    }));
    await next();
  });
  return {
    title: "Order a letter",
    content: [element("p", {}, "Your details match. A registered letter with a code confirms that you are this person."), sheet],
  };
}

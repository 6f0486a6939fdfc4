import { type components, read } from "@propusk-id/client";
import { api } from "../api.js";
import { element, facts, moment } from "../dom.js";
import { form } from "../form.js";
import type { Next, View } from "../view.js";

/** The letter is on its way: its code is entered here. */
export function letterCodeView(letter: components["schemas"]["LetterOrder"], next: Next): View {
  const sheet = form([
    { name: "code", label: "Code from the letter", hint: "L and 10 more characters." },
  ], "Confirm my account", async (body, key) => {
    await read(api.POST("/v1/me/confirmations:redeemCode", { params: { header: { "Idempotency-Key": key } }, body }));
    await next();
  });
  return {
    title: "Enter the code from the letter",
    content: [
      element("p", {}, `The letter goes to ${letter.address}.`),
      facts({
        ...(letter.trackingNumber ? { "Tracking number": letter.trackingNumber } : {}),
        ...(letter.codeExpireTime === undefined ? {} : { "Code valid until": moment(letter.codeExpireTime) }),
      }),
      sheet,
    ],
  };
}

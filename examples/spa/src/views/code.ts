import { type components, newIdempotencyKey, ProblemError, read } from "@propusk-id/client";
import { api, serverNow } from "../api.js";
import { button, element } from "../dom.js";
import { form, isRefused, wordsOf } from "../form.js";
import { save, saved } from "../saved.js";
import type { Next, View } from "../view.js";

/** The code from the text message. */
export function codeView(registration: components["schemas"]["Registration"], next: Next, signIn: () => void): View {
  const path = { registrationId: registration.id };
  const sheet = form([
    { name: "code", label: "Code", hint: "Six digits.", autocomplete: "one-time-code", inputmode: "numeric" },
  ], "Continue", async ({ code }, key) => {
    const proof = await read(api.POST("/v1/registrations/{registrationId}:verifyCode", {
      params: { path, header: { "Idempotency-Key": key } }, body: { code },
    }));
    save({ ...saved(), completion: { token: proof.completionToken, contact: proof.contact } });
    await next();
  });
  const again = resending(registration);
  return {
    title: "Enter the code",
    content: [
      element("p", {}, `We have sent a message to ${registration.destination ?? "your phone"}.`), sheet, again.part,
      // Whether the phone has an account only its owner is told, by that message: so this stands here for everybody.
      element("p", {}, "The message has no code? You have an account already: ", button("Sign in", signIn)),
    ],
    leave: again.stop,
  };
}

/** The button that sends another code, from when on that is allowed; the seconds until then are counted down. */
function resending({ id, resendTime }: components["schemas"]["Registration"]): { part: HTMLElement; stop: () => void } {
  const send = element("button", { type: "button", class: "plain", id: "resend" }, "Send another code");
  const note = element("p", { role: "status" });
  let from = timeOf(resendTime);
  let key = newIdempotencyKey();
  let sending = false;
  const tick = () => {
    const seconds = Math.ceil((from - serverNow()) / 1000);
    send.disabled = sending || seconds > 0;
    send.textContent = seconds > 0 ? `Send another code (in ${seconds} s)` : "Send another code";
  };
  send.addEventListener("click", async () => {
    sending = send.disabled = true;
    try {
      const sent = await read(api.POST("/v1/registrations/{registrationId}:resendCode", {
        params: { path: { registrationId: id }, header: { "Idempotency-Key": key } },
      }));
      from = timeOf(sent.resendTime);
      key = newIdempotencyKey();
      note.textContent = "We have sent another code. The one before has expired.";
    } catch (failure) {
      if (isRefused(failure)) key = newIdempotencyKey(); // it is answered: the next one is another
      if (failure instanceof ProblemError && failure.retryAfter !== undefined) from = serverNow() + failure.retryAfter * 1000;
      note.textContent = wordsOf(failure);
    }
    sending = false;
    tick();
  });
  tick();
  const timer = setInterval(tick, 1000);
  return { part: element("div", {}, send, note), stop: () => clearInterval(timer) };
}

/** At once where no time is said. */
function timeOf(time: string | undefined): number {
  return time === undefined ? 0 : Date.parse(time);
}

// Signing in and out, and proving the password again.
import { citizen, password, signUp } from "../sandbox.mjs";
import { comeBack, end, has, kept, left, link, opens, says, step, wrong } from "../steps.mjs";



/** Signs in at the second try, after a form that was open for too long, and is where they wanted to be. */
async function signInTo(n) {
  const human = await citizen(n);
  await signUp(human);
  const typed = { login: human.phone, password: "not the password" };
  const fresh = "the page is made anew, and not stale any more";
  return [
    step({
      name: "sign-in-stale", at: "/sign-in", once: fresh, values: { login: human.phone, password },
      not: { reload: fresh, language: fresh, tab: fresh },
      open: async (walk) => {
        await walk.open("/sign-in?next=/cabinet/data");
        await walk.page.context().clearCookies({ name: /csrf$/ });
      },
    }),
    step({ name: "sign-in-come-back", at: "/sign-in", shows: comeBack({ login: human.phone }), values: typed, unsaved: kept }),
    step({ name: "sign-in-wrong", at: "/sign-in", shows: wrong(typed), values: { ...typed, password } }),
    end("data", "/cabinet/data", says(human.person.lastName)),
  ];
}

/** Proves the password again, at the second try, and signs out. */
async function proveAndLeave(n) {
  const human = await citizen(n);
  await signUp(human);
  const mine = { login: human.phone };
  return [
    step({
      ...mine, name: "reauthenticate", at: "/reauthenticate", values: { password: "not the password" },
      open: async (walk) => {
        await walk.open("/sign-in?next=" + encodeURIComponent("/reauthenticate?next=/cabinet/data"));
        await walk.signIn(human.phone);
      },
    }),
    step({
      ...mine, name: "reauthenticate-wrong", at: "/reauthenticate", shows: wrong({}, "password"), values: { password },
      not: { tab: "the proof renews the token of forms, and the other tab's comes back without the password" },
    }),
    step({ ...mine, name: "data", at: "/cabinet/data", button: 'header a[href="/sign-out"]', not: left }),
    step({ ...mine, name: "sign-out", at: "/sign-out", once: "the session has ended", not: left }),
    link("signed-out", "/signed-out", "/sign-in"),
    end("sign-in", "/sign-in", has("#login")),
  ];
}

export const signIns = {
  "sign-in": { not: { session: "nobody is signed in" }, steps: signInTo },
  "sign-out": { steps: proveAndLeave },
};

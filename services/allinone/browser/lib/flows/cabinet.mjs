// The person's own pages.
import assert from "node:assert/strict";
import { citizen, signIn, signUp } from "../sandbox.mjs";
import { end, has, link, says, signedIn, step, until } from "../steps.mjs";

/** One page of notifications holds so many. */
const pageful = 20;

/** Looks through everything, and reads notifications of more than one page. */
async function lookThrough(n) {
  const human = await citizen(n);
  await signUp(human);
  for (let i = 0; i < pageful; i++) await signIn(human.phone);
  const mine = { login: human.phone };
  const older = 'main a[href*="page="]';
  return [
    link("cabinet", "/cabinet", "/cabinet/data", {
      ...mine,
      open: async (walk) => {
        await signedIn(human, "/cabinet")(walk);
        await until(walk, "/cabinet/notifications", older);
        await walk.open("/cabinet");
      },
    }),
    link("data", "/cabinet/data", "/cabinet/notifications", { ...mine, shows: says(human.person.lastName) }),
    step({
      ...mine, name: "notifications", at: "/cabinet/notifications", shows: has(older), button: 'main a[href*="kind=SECURITY"]',
    }),
    step({ ...mine, name: "notifications-kind", at: "/cabinet/notifications", shows: has(older), button: older }),
    step({
      ...mine, name: "notifications-older", at: "/cabinet/notifications", shows: has(".is-unread"),
      once: "nothing is unread any more",
    }),
    link("notifications-read", "/cabinet/notifications", "/cabinet", { ...mine, shows: allRead }),
    end("cabinet-read", "/cabinet", has(".next")),
  ];
}

async function allRead(walk) {
  assert.equal(await walk.page.locator(".is-unread").count(), 0, "something is unread that was marked");
}

export const cabinets = { cabinet: { steps: lookThrough } };

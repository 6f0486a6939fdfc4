// The letter that confirms an account.
import { citizen, deliverLetter } from "../sandbox.mjs";
import { beStandard, letterAtOffice } from "../standing.mjs";
import { end, has, kept, link, memo, opens, signedIn, step, wrong } from "../steps.mjs";


const thePost = { session: "the post knows no session" };

/** Orders a letter at the second try, watches it, and types its code at the second try. */
async function letter(n) {
  const human = await citizen(n);
  await beStandard(human);
  const { address: a } = human;
  const mine = { login: human.phone };
  const address = {
    type: a.type, postal_code: a.postalCode, region: a.region, city: a.city, street: a.street, house: a.house, flat: a.flat,
  };
  const slip = { ...address, postal_code: "12" };
  const code = memo(async () => (await deliverLetter(human)).code);
  const miscopied = async () => ({ code: (await code()).slice(0, -1) });
  return [
    link("letter", "/cabinet/letter", "/cabinet/letter/address", { ...mine, open: signedIn(human, "/cabinet/letter") }),
    step({ ...mine, name: "letter-address", at: "/cabinet/letter/address", values: slip, unsaved: kept }),
    step({
      ...mine, name: "letter-address-wrong", at: "/cabinet/letter/address", shows: wrong(slip, "postal_code"), values: address,
    }),
    step({ ...mine, name: "letter-check", at: "/cabinet/letter/check", once: "the letter is ordered" }),
    step({
      ...mine, name: "letter-ordered", at: "/cabinet/letter", shows: has(".timeline .is-current"),
      button: 'header a[href="/cabinet"]',
    }),
    link("cabinet-on-its-way", "/cabinet", "/cabinet/letter", mine),
    link("cabinet-at-office", "/cabinet", "/cabinet/letter", {
      ...mine,
      open: async (walk) => {
        await letterAtOffice(human);
        await walk.open("/cabinet");
      },
    }),
    step({ ...mine, name: "letter-code", at: "/cabinet/letter", values: miscopied, unsaved: kept }),
    step({
      name: "letter-code-wrong", at: "/cabinet/letter", shows: async (walk) => wrong(await miscopied(), "code")(walk),
      button: 'main a[href*="/post/"]', not: thePost,
    }),
    step({ name: "post", at: /^\/post\//, button: 'header a[href="/phone/people"]', not: thePost }),
    step({
      ...mine, name: "letter-code-again", at: "/cabinet/letter/code", open: opens("/cabinet/letter/code"),
      once: "the code is taken",
      values: async () => ({ code: (await code()).toLowerCase() }),
    }),
    link("confirmed", "/cabinet/confirmed", "/cabinet", { ...mine, shows: has("main .badge-confirmed") }),
    end("cabinet-confirmed", "/cabinet", has("main .badge-confirmed")),
  ];
}

export const letters = { letter: { steps: letter } };

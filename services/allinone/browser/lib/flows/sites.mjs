// What sites get, and how it ends.
import { citizen, signUp } from "../sandbox.mjs";
import { end, has, opens, says, signedIn, step } from "../steps.mjs";
import { begin, consent, received, shownOnce } from "./partner.mjs";

const sites = "/cabinet/sites";
const withdrawal = /^\/cabinet\/sites\/[\w%.-]+\/withdraw$/;

/** Signs in at a partner, looks at what it got, ends the sign-in, limits what sites get, and takes the consent back. */
async function lookAfterSites(n) {
  const human = await citizen(n);
  await signUp(human);
  const mine = { login: human.phone };
  const access = { third_party_access: "REQUIRED_ONLY" };
  return [
    begin({}, { open: signedIn(human, "/demo") }),
    consent(human),
    received(says(human.person.lastName), { last: false, button: 'main a[href="/demo"]', not: shownOnce }),
    step({
      ...mine, name: "sites", at: sites, open: opens(sites), shows: has('main a[href$="/withdraw"]'), button: "main button[value=end]",
      once: "the sign-in has ended",
    }),
    step({
      ...mine, name: "sites-ended", at: sites, shows: has(".notice-good"), values: access,
      button: "section[aria-labelledby=access-title] button",
    }),
    step({
      ...mine, name: "sites-limited", at: sites, shows: has('[name=third_party_access][value="REQUIRED_ONLY"]:checked'),
      button: 'main a[href$="/withdraw"]',
    }),
    step({ ...mine, name: "site-withdraw", at: withdrawal, once: "the consent is withdrawn" }),
    end("sites-withdrawn", sites, has(".notice-good"), mine),
  ];
}

/** Asks for a page of a site that gets nothing. */
async function withdrawInVain(n) {
  const human = await citizen(n);
  await signUp(human);
  return [
    end("sites-none", sites, has("#third_party_access"), { login: human.phone, open: signedIn(human, `${sites}/nobody/withdraw`) }),
  ];
}

export const shared = { sites: { steps: lookAfterSites }, "sites-none": { steps: withdrawInVain } };

// Where a person is signed in, what the person has set, and a sign-in that was somebody else's.
import { citizen, message, signIn, signUp } from "../sandbox.mjs";
import { end, has, kept, link, memo, opens, signedIn, step, wrong } from "../steps.mjs";

const devices = "/cabinet/security/devices";
const settings = "/cabinet/security/settings";
const avatar = "/cabinet/security/avatar";
const nobody = { session: "nobody is signed in" };

/** The link to the page of a device that is not the browser's own. */
const other = `main section:not(:has(.tag-good)) a[href^="${devices}/"]`;

/** Names another device, and ends all other sessions. */
async function lookAfterDevices(n) {
  const human = await citizen(n);
  await signUp(human);
  await signIn(human.phone);
  const mine = { login: human.phone };
  return [
    link("security-devices", "/cabinet/security", devices, { ...mine, open: signedIn(human, "/cabinet/security") }),
    step({ ...mine, name: "devices", at: devices, button: other }),
    step({ ...mine, name: "device", at: /^\/cabinet\/security\/devices\/[\w-]+$/, values: { device_name: "Tablet" } }),
    step({ ...mine, name: "devices-named", at: devices, shows: has(".notice-good"), once: "the other sessions have ended" }),
    end("devices-ended", devices, has(".notice-good")),
  ];
}

/** Chooses a region at the second try. */
async function choose(n) {
  const human = await citizen(n);
  await signUp(human);
  const mine = { login: human.phone };
  return [
    link("security-settings", "/cabinet/security", settings, { ...mine, open: signedIn(human, "/cabinet/security") }),
    step({ ...mine, name: "settings", at: settings, values: { home_region: "00" }, unsaved: kept }),
    step({
      ...mine, name: "settings-wrong", at: settings, shows: wrong({ home_region: "00" }, "home_region"), values: { home_region: "16" },
    }),
    end("settings-saved", settings, has(".notice-good")),
  ];
}

/** Sends the form for a picture without one. */
async function chooseNoPicture(n) {
  const human = await citizen(n);
  await signUp(human);
  const mine = { login: human.phone };
  return [
    link("settings-avatar", settings, avatar, { ...mine, open: signedIn(human, settings) }),
    step({ ...mine, name: "avatar", at: avatar, unsaved: kept }),
    end("avatar-wrong", avatar, wrong({}, "image"), mine),
  ];
}

/** The path of the link that a text message about a new device has. */
function linkTo(phone) {
  return memo(async () => {
    const { text } = await message(phone, "SMS", (m) => m.text.includes("/not-me?token="));
    return text.match(/\/not-me\?token=[\w-]+/)[0];
  });
}

/** Says that it was somebody else who signed in. */
async function disown(n) {
  const human = await citizen(n);
  await signUp(human);
  await signIn(human.phone);
  await signIn(human.phone); // without the token of the device that it was before
  const path = linkTo(human.phone);
  return [
    step({ name: "not-me", at: "/not-me", open: async (walk) => walk.open(await path()), once: "sign-in is locked" }),
    end("not-me-done", "/not-me", has('main a[href="/recover"]')),
  ];
}

/** Opens a link that disowns nothing. */
function disownInVain() {
  return [
    step({ name: "not-me-wrong", at: "/not-me", open: opens(`/not-me?token=${"A".repeat(43)}`) }),
    link("not-me-dead", "/not-me", devices, { shows: has(".summary") }),
    end("sign-in-to-see", "/sign-in", has("#login")),
  ];
}

export const watched = {
  devices: { steps: lookAfterDevices },
  settings: { steps: choose },
  avatar: { steps: chooseNoPicture },
  "not-me": { not: nobody, steps: disown },
  "not-me-dead": { not: nobody, steps: disownInVain },
};

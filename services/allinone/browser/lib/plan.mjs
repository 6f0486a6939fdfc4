// Which flow is walked with which disturbance.
import { disturbances } from "./disturb.mjs";
import { cabinets } from "./flows/cabinet.mjs";
import { watched } from "./flows/devices.mjs";
import { secondWays } from "./flows/factors.mjs";
import { letters } from "./flows/letter.mjs";
import { open } from "./flows/open.mjs";
import { partners } from "./flows/partner.mjs";
import { people } from "./flows/person.mjs";
import { waysBack } from "./flows/recovery.mjs";
import { locks } from "./flows/security.mjs";
import { shared } from "./flows/sites.mjs";
import { signIns } from "./flows/signin.mjs";
import { signUps } from "./flows/signup.mjs";

/**
 * The flows by name: `steps` makes them for person n, and `not` says which disturbances do not apply to any, and why.
 * @type {Record<string, {not?: Record<string, string>, steps: (n: number) => Promise<object[]>}>}
 */
export const flows = {
  ...signUps, ...signIns, ...partners, ...people, ...letters, ...cabinets, ...locks, ...secondWays, ...watched, ...shared,
  ...waysBack, ...open,
};

/**
 * Every flow with each disturbance; `not` says why a pair is left out. The `brief` pairs have each disturbance once, each with
 * another flow.
 */
export function plan() {
  const used = Object.fromEntries(Object.keys(disturbances).map((d) => [d, 0]));
  return Object.entries(flows).flatMap(([flow, { not = {} }]) => {
    const turn = Object.keys(used).filter((d) => !not[d]).reduce((a, b) => (used[b] < used[a] ? b : a));
    const first = used[turn]++ === 0;
    return Object.keys(disturbances).map((disturbance) => ({
      flow, disturbance, not: not[disturbance] ?? "", brief: first && disturbance === turn,
    }));
  });
}

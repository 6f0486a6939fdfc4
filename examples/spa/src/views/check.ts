import { type components, read } from "@propusk-id/client";
import { api } from "../api.js";
import { element, facts, moment } from "../dom.js";
import type { Next, View } from "../view.js";

type Verification = components["schemas"]["Verification"];

const registries: Record<Verification["checks"][number]["registry"], string> = { PFR: "Social Fund", FMS: "MVD" };
const pause = 1500;

/** The registries are being asked: the page looks again from time to time. */
export function checkView(verification: Verification, next: Next): View {
  const path = { verificationId: verification.id };
  const look = async () => {
    const { state } = await read(api.GET("/v1/me/verifications/{verificationId}", { params: { path } }));
    if (state === "PENDING") lookLater();
    else await next();
  };
  let timer = 0;
  const lookLater = () => {
    timer = window.setTimeout(() => void look().catch(next), pause);
  };
  lookLater();
  const asked = verification.checks.map(({ registry, state }) => [registries[registry], state === "PENDING" ? "being asked" : "has answered"]);
  return {
    title: "We are checking your details",
    content: [
      element("p", { role: "status" }, `This takes until ${moment(verification.expireTime)} at the latest. You may leave this page.`),
      facts(Object.fromEntries(asked)),
    ],
    leave: () => clearTimeout(timer),
  };
}

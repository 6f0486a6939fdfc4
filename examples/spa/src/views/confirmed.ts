import type { components } from "@propusk-id/client";
import { element, facts, moment } from "../dom.js";
import type { View } from "../view.js";

/** The way ends here. */
export function confirmedView({ person, confirmation }: components["schemas"]["Me"]): View {
  return {
    title: "Your account is confirmed",
    content: [
      element("p", {}, `${person.firstName} ${person.lastName}, every service is open to you now.`),
      facts({
        "Level": "Confirmed",
        ...(confirmation === undefined ? {} : { "Since": moment(confirmation.time) }),
      }),
    ],
  };
}

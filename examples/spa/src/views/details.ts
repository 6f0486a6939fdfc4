import { type components, ProblemError, read, readWithEtag } from "@propusk-id/client";
import { api } from "../api.js";
import { element } from "../dom.js";
import { form } from "../form.js";
import type { Next, View } from "../view.js";

type Schemas = components["schemas"];

const reasons: Record<Schemas["MismatchReason"], string> = {
  NAME: "the name",
  BIRTH_DATE: "the date of birth",
  GENDER: "the sex",
  SNILS_NOT_FOUND: "the SNILS, which the Social Fund does not know",
  PASSPORT_NOT_FOUND: "the passport, which the MVD does not know",
  PASSPORT_INVALID: "the passport, which is no longer valid",
  PASSPORT_ISSUE: "when and by whom the passport was issued",
  DECEASED: "records show this person as deceased",
  DUPLICATE_PERSON: "this person has another account",
};

/** Who the person is: what the registries compare. */
export async function detailsView(last: Schemas["Verification"] | undefined, next: Next): Promise<View> {
  const [card, { documents }] = await Promise.all([readWithEtag(api.GET("/v1/me/person")), read(api.GET("/v1/me/documents"))]);
  const { data: person } = card;
  let { etag } = card;
  const passport = documents[0];
  const sheet = form([
    { name: "gender", label: "Sex", options: { "": "Choose", F: "Female", M: "Male" }, value: person.gender },
    { name: "birthDate", label: "Date of birth", type: "date", autocomplete: "bday", value: person.birthDate },
    { name: "birthPlace", label: "Place of birth", hint: "As in the passport.", value: person.birthPlace },
    { name: "snils", label: "SNILS", hint: "11 digits.", inputmode: "numeric", value: person.snils },
    { name: "series", label: "Passport series", hint: "4 digits.", inputmode: "numeric", value: passport?.series },
    { name: "number", label: "Passport number", hint: "6 digits.", inputmode: "numeric", value: passport?.number },
    { name: "issueDate", label: "Passport issued on", type: "date", value: passport?.issueDate },
    { name: "issuedBy", label: "Passport issued by", value: passport?.issuedBy },
    { name: "issueCode", label: "Subdivision code", hint: "Like 770-001.", inputmode: "numeric", value: passport?.issueCode },
  ], "Check my details", async ({ gender, birthDate, birthPlace, snils, ...document }, key) => {
    // The condition keeps what another device has saved meanwhile: 412, and the person is shown why.
    ({ etag } = await readWithEtag(api.PATCH("/v1/me/person", {
      params: { header: { "If-Match": etag } },
      body: { ...(gender === "F" || gender === "M" ? { gender } : {}), birthDate, birthPlace, snils, citizenship: "RUS" },
    })).catch(async (failure: unknown) => {
      // Who has read why may send it again: then it is meant.
      if (failure instanceof ProblemError && failure.code === "PRECONDITION_FAILED") {
        ({ etag } = await readWithEtag(api.GET("/v1/me/person")));
      }
      throw failure;
    }));
    await savePassport(document);
    await read(api.POST("/v1/me/verifications", { params: { header: { "Idempotency-Key": key } } }));
    await next();
  });
  return { title: "Your details", content: [...whatDiffers(last), sheet] };
}

/** The person has one passport: it is changed where it is there already, also since a moment ago, when an answer was lost. */
async function savePassport(typed: Omit<Schemas["CreateDocumentRequest"], "type">): Promise<void> {
  const body = { ...typed, type: "RF_PASSPORT" } as const;
  const { documents } = await read(api.GET("/v1/me/documents"));
  const id = documents[0]?.id;
  await read(id === undefined
    ? api.POST("/v1/me/documents", { body })
    : api.PATCH("/v1/me/documents/{documentId}", { params: { path: { documentId: id } }, body }));
}

function whatDiffers(last: Schemas["Verification"] | undefined): HTMLElement[] {
  if (last?.state !== "NOT_MATCHED") return [];
  const lines = last.checks.flatMap((check) => check.reasons).map((reason) => element("li", {}, reasons[reason]));
  return [element("div", { class: "card" }, element("h2", {}, "The authorities have other details"), element("ul", {}, ...lines))];
}

import { type FieldProblem, newIdempotencyKey, ProblemError } from "@propusk-id/client";
import { element } from "./dom.js";

/** One control; its name is that of the member it becomes, which is how refusals find it. */
export interface Field<Name extends string> {
  name: Name;
  label: string;
  hint?: string;
  type?: "text" | "tel" | "date" | "password";
  autocomplete?: string;
  inputmode?: "text" | "numeric";
  /** A choice of these values, by their words. */
  options?: Record<string, string>;
  value?: string | undefined;
}

type Values<Name extends string> = Record<Name, string>;

/**
 * A form that shows what is refused: on top, and at the fields that the refusal's pointers name.
 * @param submit is given what was typed, and a key that is the same as long as the same is sent without being answered
 */
export function form<Name extends string>(
  fields: readonly Field<Name>[], action: string, submit: (values: Values<Name>, key: string) => Promise<void>,
): HTMLFormElement {
  const send = element("button", { type: "submit" }, action);
  const made = element("form", { novalidate: true }, ...fields.map(control), send);
  let intent = { typed: "", key: "" };
  made.addEventListener("submit", async (event) => {
    event.preventDefault();
    const values = Object.fromEntries(fields.map(({ name }) => [name, valueOf(made, name)])) as Values<Name>;
    const typed = JSON.stringify(values);
    if (typed !== intent.typed) intent = { typed, key: newIdempotencyKey() };
    clear(made);
    send.disabled = true;
    try {
      await submit(values, intent.key);
    } catch (failure) {
      if (isRefused(failure)) intent.typed = ""; // it is answered: the next one is another
      showRefusal(made, failure);
    } finally {
      send.disabled = false;
    }
  });
  return made;
}

function control({ name, label, hint, options, value, ...rest }: Field<string>): HTMLElement {
  const describedBy = `${hint === undefined ? "" : `${name}-hint `}${name}-error`;
  const attributes = { id: name, name, "aria-describedby": describedBy, autocomplete: rest.autocomplete ?? "off" };
  const input = options === undefined
    ? element("input", { ...attributes, type: rest.type ?? "text", inputmode: rest.inputmode })
    : element("select", attributes, ...Object.entries(options).map(([v, words]) => element("option", { value: v }, words)));
  if (value !== undefined) input.value = value;
  return element("div", { class: "field" },
    element("label", { for: name }, label),
    ...(hint === undefined ? [] : [element("p", { class: "hint", id: `${name}-hint` }, hint)]),
    element("p", { class: "field-error", id: `${name}-error` }),
    input,
  );
}

function controlOf(made: HTMLFormElement, name: string): HTMLInputElement | HTMLSelectElement | undefined {
  const found = made.elements.namedItem(name);
  return found instanceof HTMLInputElement || found instanceof HTMLSelectElement ? found : undefined;
}

function valueOf(made: HTMLFormElement, name: string): string {
  return controlOf(made, name)?.value.trim() ?? "";
}

function clear(made: HTMLFormElement): void {
  made.querySelector(".summary")?.remove();
  for (const note of made.querySelectorAll(".field-error")) note.textContent = "";
  for (const wrong of made.querySelectorAll("[aria-invalid]")) wrong.removeAttribute("aria-invalid");
}

function showRefusal(made: HTMLFormElement, failure: unknown): void {
  const lines = failure instanceof ProblemError && failure.fields.length > 0
    ? failure.fields.map((wrong) => showField(made, wrong))
    : [element("li", {}, wordsOf(failure))];
  const summary = element("div", { class: "summary", role: "alert", tabindex: "-1" },
    element("h2", {}, "There is a problem"), element("ul", {}, ...lines));
  made.prepend(summary);
  summary.focus();
}

/** The pointer leads to the member, /person/birthDate, whose last part is the control's name. */
function showField(made: HTMLFormElement, { pointer, detail }: FieldProblem): HTMLLIElement {
  const name = pointer.split("/").at(-1) ?? "";
  const field = controlOf(made, name);
  const note = made.querySelector(`[id="${CSS.escape(name)}-error"]`);
  if (field === undefined || note === null) return element("li", {}, detail);
  field.setAttribute("aria-invalid", "true");
  note.textContent = `${note.textContent ?? ""} ${detail}`.trim(); // a field may break several rules
  const link = element("a", { href: `#${name}` }, detail);
  link.addEventListener("click", (event) => {
    event.preventDefault();
    field.focus();
  });
  return element("li", {}, link);
}

/** Whether a call is answered and was not done. Of a failure of the service's nobody knows: the same is sent with the same key. */
export function isRefused(failure: unknown): boolean {
  return failure instanceof ProblemError && failure.status < 500;
}

/** What to tell people of a call that came to nothing. */
export function wordsOf(failure: unknown): string {
  if (failure instanceof ProblemError) return failure.message;
  console.error(failure);
  return "We could not reach the service. Check your connection and send the same again: it will be done once.";
}

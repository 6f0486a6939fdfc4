type Attributes = Record<string, string | boolean | undefined>;

/** Makes an element: text is put in as text, never as HTML. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag, attributes: Attributes = {}, ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, "");
    else if (typeof value === "string") made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/** A button that does something at once. */
export function button(text: string, act: () => Promise<void> | void): HTMLButtonElement {
  const made = element("button", { type: "button", class: "plain" }, text);
  made.addEventListener("click", () => void act());
  return made;
}

/** A list of names and values. */
export function facts(all: Record<string, string>): HTMLElement {
  return element("dl", { class: "card" }, ...Object.entries(all).flatMap(([name, value]) => [
    element("dt", {}, name), element("dd", {}, value),
  ]));
}

/** A time as the reader's place writes it. */
export function moment(time: string): string {
  return new Date(time).toLocaleString("en-GB", { dateStyle: "long", timeStyle: "short" });
}

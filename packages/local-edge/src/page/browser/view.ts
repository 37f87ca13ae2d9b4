/** One use of a URL, as the page lists it. */
export interface Attempt {
  readonly name: string;
  readonly outcome: "stored" | "refused" | "cancelled";
  readonly title: string;
  readonly reason: string;
  readonly code: string;
}

type Button = "cancel" | "again" | "retry" | "another";
const BUTTONS: readonly Button[] = ["cancel", "again", "retry", "another"];

/** The element of this id, which the page has. */
export function part<T extends HTMLElement = HTMLElement>(id: string, kind?: new () => T): T {
  const element = document.getElementById(id);
  if (element === null || (kind !== undefined && !(element instanceof kind))) throw new Error(`The page has no ${id}.`);
  return element as T;
}

/** What the page shows and says. */
export const view = {
  /** Shows the card of a file instead of the drop zone. */
  openFile(name: string, size: string): void {
    part("drop").hidden = true;
    part("upload").hidden = false;
    part("name").textContent = name;
    part("size").textContent = size;
    part("attempts").replaceChildren();
  },

  /** Back to the drop zone. */
  closeFile(): void {
    part("upload").hidden = true;
    part("drop").hidden = false;
    part("file").focus();
    view.announce("");
  },

  showTransfer(isUnderway: boolean): void {
    part("transfer").hidden = !isUnderway;
  },

  /** Shows these buttons alone, the likeliest first. The one that had the focus may be gone, so that one gets it. */
  showButtons(...shown: readonly Button[]): void {
    for (const id of BUTTONS) {
      part(id).hidden = !shown.includes(id);
      part(id).classList.toggle("primary", id === shown[0] && id !== "cancel");
    }
    if (shown[0] !== undefined) part(shown[0]).focus();
  },

  /** Adds an outcome to the list, and reads it out. */
  addAttempt({ name, outcome, title, reason, code }: Attempt): void {
    const item = part("attempt", HTMLTemplateElement).content.cloneNode(true) as DocumentFragment;
    item.querySelector("li")?.classList.add(outcome);
    const texts = { h3: `${name}: ${title}`, p: reason, code };
    for (const [selector, text] of Object.entries(texts)) item.querySelector(selector)?.append(text);
    part("attempts").append(item);
    view.announce(`${name}: ${title}. ${reason}`);
  },

  /** Has screen readers say something. */
  announce(text: string): void {
    part("announcement").textContent = text;
  },
};

/** One use of a URL, as the page lists it. */
export interface Attempt {
  readonly name: string;
  readonly outcome: "stored" | "refused" | "cancelled";
  readonly title: string;
  readonly reason: string;
  readonly code: string;
}

type Button = "cancel" | "again" | "retry" | "share" | "another";
const BUTTONS: readonly Button[] = ["cancel", "again", "retry", "share", "another"];
/** What the page has no button for, because the server that served it hands out no links. */
const MISSING: readonly Button[] = document.body.dataset["links"] === "offered" ? [] : ["share"];

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
    view.hideLink();
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
      part(id).hidden = !shown.includes(id) || MISSING.includes(id);
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

  hideLink(): void {
    part("link").hidden = true;
    part("no-link").hidden = true;
  },

  /** Shows a link, and says whether it was copied; one that was not is selected, for the person to copy it. */
  showLink(url: string, isCopied: boolean): void {
    view.hideLink();
    const address = part("address", HTMLInputElement);
    address.value = url;
    part("link").hidden = false;
    part("copied").textContent = isCopied ? "Copied" : "Not copied: copy it from here";
    part("copied").classList.toggle("copied", isCopied);
    if (!isCopied) address.focus();
    const outcome = isCopied ? "Link copied" : "The link is shown, but was not copied: copy it from the field";
    view.announce(`${outcome}. ${part("works-once").textContent}`);
  },

  /** Says why there is no link. */
  showNoLink(reason: string): void {
    view.hideLink();
    part("no-link").textContent = reason;
    part("no-link").hidden = false;
    view.announce(reason);
  },

  /** Has screen readers say something. */
  announce(text: string): void {
    part("announcement").textContent = text;
  },
};

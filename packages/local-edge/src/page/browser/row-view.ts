import { type Call, titleOf } from "./call.ts";
import { copiedText, select } from "./copy.ts";
import { formatBytes, formatExpiry } from "./format.ts";
import { part, partOf, say } from "./part.ts";
import { BUTTONS, type Button, buttonsOf } from "./row-buttons.ts";
import { statusOf } from "./row-text.ts";
import type { Row } from "./row.ts";
import { shortenUrl } from "./short-url.ts";

/** What a person asks for in a row. */
export type Wish = Button | "copy-url";

/** A row on the page. */
export interface RowView {
  readonly element: HTMLElement;
  /** Shows a row as it is at a time, in milliseconds since 1970. */
  show(row: Row, now: number): void;
  /** Moves the focus to the first button. */
  focus(): void;
}

/** Makes the element of a row. @param offersLinks  whether it may have a button for a download link */
export function createRowView(id: number, offersLinks: boolean, onWish: (wish: Wish) => void): RowView {
  const element = copyOf("row").querySelector("section");
  if (element === null) throw new Error("The page has no row.");
  const find = (name: string): HTMLElement => partOf(element, name);
  const address = partOf(element, "address", HTMLInputElement);
  const progress = partOf(element, "progress", HTMLProgressElement);
  let shown: Row | undefined;

  refer("name", "aria-labelledby", element);
  refer("address", "for", find("link-label"));
  refer("works-once", "aria-describedby", address);
  for (const wish of [...BUTTONS, "copy-url"] as const) find(wish).addEventListener("click", () => onWish(wish));
  address.addEventListener("focus", () => address.select());

  return { element, show, focus };

  /** Gives a part an id, and refers to it. */
  function refer(name: string, attribute: string, by: HTMLElement): void {
    const target = find(name);
    target.id = `${name}-${id}`;
    by.setAttribute(attribute, target.id);
  }

  function show(row: Row, now: number): void {
    const hadFocus = element?.contains(document.activeElement) === true;
    const before = shown;
    shown = row;
    say(find("name"), row.name);
    say(find("size"), formatBytes(row.bytes));
    showStatus(row, now);
    showGrant(row, now);
    if (row.calls !== before?.calls) find("calls").replaceChildren(...row.calls.map(callElement));
    showLink(row);
    showButtons(row);
    if (row.isUrlCopied === false && before?.isUrlCopied !== false) select(find("url"));
    if (row.link.status === "issued" && !row.link.isCopied && row.link !== before?.link) address.focus();
    else if (hadFocus && isFocusLost()) focus();
  }

  function showStatus(row: Row, now: number): void {
    const { tone, text, pace, share } = statusOf(row, now);
    element?.setAttribute("data-tone", tone);
    say(find("status"), text);
    say(find("pace"), pace);
    progress.value = share;
  }

  function showGrant({ grant, isUrlCopied }: Row, now: number): void {
    find("grant").hidden = grant === undefined;
    if (grant === undefined) return;
    // A URL that the page could not copy is shown whole, for the person to copy it.
    say(find("url"), isUrlCopied === false ? grant.url : shortenUrl(grant.url));
    say(find("url-copied"), isUrlCopied === undefined ? "" : copiedText(isUrlCopied));
    say(find("key"), grant.key);
    say(find("expires"), formatExpiry(grant.expiresAt, now));
    find("expires").setAttribute("datetime", grant.expiresAt);
  }

  function showLink({ link }: Row): void {
    find("link").hidden = link.status !== "issued";
    find("no-link").hidden = link.status !== "refused";
    say(find("no-link"), link.status === "refused" ? link.reason : "");
    if (link.status !== "issued") return;
    if (address.value !== link.url) address.value = link.url;
    say(find("link-copied"), copiedText(link.isCopied));
    find("link-copied").classList.toggle("good", link.isCopied);
  }

  function showButtons(row: Row): void {
    const { shown: buttons, main } = buttonsOf(row, offersLinks);
    for (const button of BUTTONS) {
      find(button).hidden = !buttons.includes(button);
      find(button).classList.toggle("primary", button === main);
    }
    find("again").setAttribute("aria-disabled", String(row.activity.kind !== "none"));
  }

  function focus(): void {
    BUTTONS.map(find)
      .find((button) => !button.hidden)
      ?.focus();
  }
}

/** Whether what had the focus is hidden now: browsers give it to the body, at once or later. */
function isFocusLost(): boolean {
  const { activeElement } = document;
  return activeElement === null || activeElement === document.body || activeElement.closest("[hidden]") !== null;
}

function callElement(call: Call): Node {
  const item = copyOf("call");
  item.querySelector("li")?.classList.add(call.outcome);
  say(partOf(item, "request"), call.request);
  say(partOf(item, "answer"), `→ ${call.answer}`);
  say(partOf(item, "title"), `${titleOf(call)}.`);
  say(partOf(item, "reason"), call.reason);
  return item;
}

function copyOf(template: string): DocumentFragment {
  return part(template, HTMLTemplateElement).content.cloneNode(true) as DocumentFragment;
}

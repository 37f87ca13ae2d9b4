/** The element of this id, which the page has. */
export function part<T extends HTMLElement = HTMLElement>(id: string, kind?: new () => T): T {
  return checked(document.getElementById(id), id, kind);
}

/** The element of a row that has this name in `data-part`. */
export function partOf<T extends HTMLElement = HTMLElement>(row: ParentNode, name: string, kind?: new () => T): T {
  return checked(row.querySelector<HTMLElement>(`[data-part="${name}"]`), name, kind);
}

/** Sets a text if it is another one, so that a selection in it stays. */
export function say(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

function checked<T extends HTMLElement>(element: HTMLElement | null, name: string, kind?: new () => T): T {
  if (element === null || (kind !== undefined && !(element instanceof kind)))
    throw new Error(`The page has no ${name}.`);
  return element as T;
}

/** Copies a text. @returns whether the browser let the page do so */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** What the page says of a try to copy. */
export function copiedText(isCopied: boolean): string {
  return isCopied ? "Copied" : "Not copied: copy it from here";
}

/** Selects what an element says, for a person to copy it. */
export function select(element: Element): void {
  getSelection()?.selectAllChildren(element);
}

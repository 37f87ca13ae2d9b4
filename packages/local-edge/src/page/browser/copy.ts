/** Copies a text. @returns whether the browser let the page do so */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** Selects what an element says, for a person to copy it. */
export function select(element: Element): void {
  getSelection()?.selectAllChildren(element);
}

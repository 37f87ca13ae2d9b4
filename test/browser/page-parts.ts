import type { Locator, Page } from "playwright-core";

/** The names of the buttons of a row. */
export const AGAIN = "Send again to the same URL";
export const RETRY = "Try with a new URL";
export const SHARE = "Copy a one-time download link";
export const ANOTHER = "Upload another file";

/** A file to choose. */
export interface ChosenFile {
  readonly name: string;
  readonly buffer: Buffer;
}

/** Chooses files in the page of the local edge, whether some were chosen before or not. */
export async function choose(page: Page, ...files: readonly ChosenFile[]): Promise<void> {
  const mimeType = "application/octet-stream";
  await page.locator("#file").setInputFiles(files.map((file) => ({ ...file, mimeType })));
}

/** The row of a file. */
export const rowOf = (page: Page, name: string): Locator => page.getByRole("region", { name, exact: true });

/** The requests that a row, or the page, lists, the oldest first. */
export const callsOf = (within: Page | Locator): Locator =>
  within.getByRole("list", { name: "Requests" }).getByRole("listitem");

export const buttonOf = (within: Page | Locator, name: string | RegExp): Locator =>
  within.getByRole("button", { name });

/** The names of the buttons of a row. */
export const buttonsOf = (row: Locator): Promise<string[]> =>
  row.locator(".buttons").getByRole("button").allInnerTexts();

/** Waits for a text. */
export const shown = (within: Page | Locator, text: string | RegExp): Promise<void> =>
  within.getByText(text).first().waitFor();

/** Waits until a file is stored that was chosen. */
export const stored = (within: Page | Locator): Promise<void> =>
  within.getByText("Stored", { exact: true }).first().waitFor();

/** What screen readers were told last. */
export const spoken = (page: Page): Promise<string> => page.getByRole("log").locator("p").last().innerText();

/** How much of the first file was sent, from 0 to 1. */
export const sentShare = (page: Page): Promise<number> => page.evaluate("document.querySelector('progress').value");

/** Drags a file over the page, or drops it. @returns whether the page took it, which the browser would otherwise open */
export function drag(page: Page, type: "dragover" | "dragleave" | "drop", names: readonly string[]): Promise<boolean> {
  return page.evaluate<boolean>(`(() => {
    const dataTransfer = new DataTransfer();
    for (const name of ${JSON.stringify(names)}) dataTransfer.items.add(new File(["hello"], name, { type: "text/plain" }));
    const event = new DragEvent("${type}", { dataTransfer, bubbles: true, cancelable: true });
    return !document.querySelector("aside").dispatchEvent(event);
  })()`);
}

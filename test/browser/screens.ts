import { fileURLToPath } from "node:url";

import type { Page } from "playwright-core";

const FOLDER = fileURLToPath(new URL("../../artifacts/screenshots/", import.meta.url));
const SIZES = { phone: { width: 375, height: 667 }, desktop: { width: 1280, height: 800 } } as const;

/** What every state of a page is looked at on. */
export const SCREENS = (["light", "dark"] as const).flatMap((colorScheme) =>
  (["phone", "desktop"] as const).map((size) => ({
    ...{ colorScheme, size, screen: `${colorScheme}-${size}`, viewport: SIZES[size] },
  })),
);

/**
 * Takes a picture of a whole page, below `artifacts/screenshots`.
 *
 * In a window of its height: for a picture of more than the window, Chromium leaves the emulation of a touch screen.
 *
 * @param name  of the file, without its extension
 */
export async function shootTo(page: Page, name: string): Promise<void> {
  const window = page.viewportSize();
  const height = await page.evaluate<number>("document.documentElement.scrollHeight");
  if (window !== null) await page.setViewportSize({ ...window, height: Math.max(window.height, height) });
  await page.screenshot({ path: `${FOLDER}${name}.png` });
  if (window !== null) await page.setViewportSize(window);
}

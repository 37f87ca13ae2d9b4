import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished } from "vitest";

import { launchChromium } from "./launch-chromium.ts";

/** A page in a browser of its own storage, and what went wrong in it. */
export interface OpenPage {
  readonly page: Page;
  /** Errors of scripts, and what the browser itself complains of, such as a breach of the page's policy. */
  readonly complaints: readonly string[];
  /** Slows uploads down to so many bytes a second, lets nothing new through, or ends either. */
  network(state: { uploadBytesPerSecond: number } | "offline" | "online"): Promise<void>;
}

/** Starts one Chromium for the tests of a file; each page it opens is closed when its test ends. */
export function useChromium(): (url: string, options?: BrowserContextOptions) => Promise<OpenPage> {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  return async (url, options = {}) => {
    const context = await browser.newContext({ serviceWorkers: "block", ...options });
    onTestFinished(() => context.close());
    context.setDefaultTimeout(30_000);
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => {
      // That an answer was a refusal is no fault of the page.
      const isAnswer = message.text().startsWith("Failed to load resource: the server responded");
      if (message.type() === "error" && !isAnswer) complaints.push(message.text());
    });
    const devtools = await context.newCDPSession(page);
    await page.goto(url);
    return {
      page,
      complaints,
      async network(state) {
        await devtools.send("Network.enable");
        await devtools.send("Network.emulateNetworkConditions", {
          offline: state === "offline",
          latency: 0,
          downloadThroughput: -1,
          uploadThroughput: typeof state === "string" ? -1 : state.uploadBytesPerSecond,
        });
      },
    };
  };
}

/** Expects that a page is no wider than its window, as one that must be scrolled sideways would be. */
export async function expectToFit(page: Page): Promise<void> {
  const widths = await page.evaluate<[number, number]>("[document.documentElement.scrollWidth, window.innerWidth]");
  expect(widths[0]).toBeLessThanOrEqual(widths[1]);
}

import { type Browser, chromium } from "playwright-core";

import { CHROMIUM } from "./chromium-install.ts";

/** For a Chromium that sends no request by itself, and runs as root. */
export const chromiumArguments = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
] as const;

/** Starts a Chromium without a window. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: [...chromiumArguments] });
}

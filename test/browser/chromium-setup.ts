import { installChromium } from "./chromium-install.ts";

/** Before the first test: a Chromium. */
export async function setup(): Promise<void> {
  await installChromium((line) => console.log(line));
}

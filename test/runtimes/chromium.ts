import { launchChromium } from "../browser/launch-chromium.ts";
import type { Runtime } from "./runtime.ts";

/** Chromium, in an empty page. */
export const chromium: Runtime = {
  name: "Chromium",
  userAgent: /\bHeadlessChrome\//,
  async run(program) {
    const browser = await launchChromium();
    try {
      const page = await browser.newPage();
      // Web Crypto is for secure contexts only, and a page of this host is one. No request leaves the browser.
      await page.route("**", (route) =>
        route.fulfill(
          route.request().url().endsWith("/program.js")
            ? { contentType: "text/javascript", body: program }
            : { contentType: "text/html", body: "<!doctype html><title>tests</title>" },
        ),
      );
      await page.goto("http://localhost/");
      return await page.evaluate('import("/program.js").then(({ run }) => run())');
    } finally {
      await browser.close();
    }
  },
};

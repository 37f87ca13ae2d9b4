import { readFile } from "node:fs/promises";

import { startLocal } from "@presign-once/local-edge";
import { afterAll, expect, test } from "vitest";

import { bucketOf } from "./bucket.ts";
import { useChromium } from "./open-page.ts";
import { bundle, serve } from "./serve-client.ts";

const README = new URL("../../packages/client/README.md", import.meta.url);
const ENDPOINT = "https://d111111abcdef8.cloudfront.net/url";

const openPage = useChromium();

test("the page in the client's README uploads the chosen file", async () => {
  const [, example = ""] = /^```html\n(.*?)^```$/ms.exec(await readFile(README, "utf8")) ?? [];
  const [, markup = "", script = ""] = /^(.*)<script type="module">\n(.*)<\/script>\n$/s.exec(example) ?? [];
  expect(script).toContain(ENDPOINT);

  let page = "";
  const site = await serve(
    (_, res) => res.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(page),
    afterAll,
  );
  const local = await startLocal({ onLog: () => {}, config: { cors: { origins: [site] } } });
  afterAll(() => local.stop());
  page = `<link rel="icon" href="data:," />${markup}<script type="module">${await bundle(script.replace(ENDPOINT, `${local.baseUrl}/url`))}</script>`;

  const { page: tab, complaints } = await openPage(site);
  const stored = tab.waitForEvent("console", (message) => message.text().startsWith("stored as uploads/"));
  await tab.setInputFiles("#file", { name: "note.txt", mimeType: "text/plain", buffer: Buffer.from("hello") });
  const key = (await stored).text().replace("stored as ", "");
  expect(String(await bucketOf(local, afterAll).read(key))).toBe("hello");
  expect(await tab.evaluate("document.getElementById('progress').value")).toBe(1);
  expect(complaints).toEqual([]);
});

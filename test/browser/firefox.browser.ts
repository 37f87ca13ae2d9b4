import { type Local, startLocal } from "@presign-once/local-edge";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";

import { type FirefoxPage, launchFirefox } from "./launch-firefox.ts";
import { serveClient } from "./serve-client.ts";
import { makeFile, SPOILED } from "./spoiled-files.ts";

const CHOSEN = `document.getElementById("file").files[0]`;

let local: Local;
let page: FirefoxPage;
beforeAll(async () => {
  const origin = await serveClient(afterAll);
  local = await startLocal({ config: { cors: { origins: [origin] } }, onLog: () => {} });
  page = await launchFirefox();
  await page.open(origin);
}, 300_000);
afterAll(async () => {
  await page?.close();
  await local?.stop();
});

async function chooseFile(): Promise<string> {
  const path = await makeFile(onTestFinished);
  await page.evaluate(`void (document.body.innerHTML = '<input type="file" id="file">')`);
  await page.setInputFile("#file", path);
  return path;
}
const send = (file: string) =>
  page.evaluate<string>(`client.sendOnce(${file}, grant).then(() => "stored", ({ code }) => code)`);

// Firefox reads a file that has grown as it was: its first bytes, as many as there were.
test.each(SPOILED.filter(([what]) => what !== "changed"))(
  "a file that is %s after its URL was granted is named, and the URL stays unused",
  async (_, spoil) => {
    const path = await chooseFile();
    await page.evaluate(`(async () => {
      globalThis.grant = await client.requestGrant(${CHOSEN}, { endpoint: "${local.baseUrl}/url" });
    })()`);
    await spoil(path);
    expect(await send(CHOSEN)).toBe("FileUnreadable");
    expect(await send("new Blob([new Uint8Array(100_000)])")).toBe("stored");
  },
);

test("a readable file is uploaded, and its URL works once", async () => {
  await chooseFile();
  await page.evaluate(`client.upload(${CHOSEN}, { endpoint: "${local.baseUrl}/url" }).then((grant) => {
    globalThis.grant = grant;
  })`);
  expect(await send(CHOSEN)).toBe("UrlAlreadyUsed");
});

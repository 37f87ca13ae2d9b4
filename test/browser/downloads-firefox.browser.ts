import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";

import { useDownloadLinks } from "./download-links.ts";
import { type FirefoxPage, launchFirefox } from "./launch-firefox.ts";

const links = useDownloadLinks();
let page: FirefoxPage;
beforeAll(async () => {
  page = await launchFirefox();
}, 300_000);
afterAll(() => page?.close());

const press = () => page.evaluate(`void document.querySelector("button").click()`);
const text = () => page.evaluate<string>("document.querySelector('main').innerText");

/** A folder that Firefox saves into, until the test is over. */
async function useFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "presign-once-saved-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await page.saveTo(folder);
  return folder;
}

test.each([
  ["a file of any kind", "été 文件 «1».bin", {}],
  ["a PDF", "a.pdf", { "content-type": "application/pdf" }],
])("Firefox saves %s under its name and shows nothing of it, once", async (_, filename, parameters) => {
  const folder = await useFolder();
  const body = randomBytes(300_000);
  const url = await links.linkTo(body, { filename, ...parameters });
  for (let i = 0; i < 5; i++) await page.open(url);
  expect(await text()).toContain(filename);

  await press();
  await expect.poll(() => readdir(folder)).toEqual([filename]);
  await expect.poll(() => readFile(join(folder, filename))).toEqual(body);
  expect(await page.evaluate("location.href")).toBe(url);

  await press();
  await expect.poll(text).toContain("This link was used before, and works only once.");
  await page.open(url);
  expect(await text()).toContain("This link no longer works");
});

import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";

import type { Download, Page } from "playwright-core";
import { expect, test } from "vitest";

import { useDownloadLinks } from "./download-links.ts";
import { expectToFit, useChromium } from "./open-page.ts";

const links = useDownloadLinks();
const openPage = useChromium();

const button = (page: Page) => page.getByRole("button", { name: "Download" });
const heading = (page: Page) => page.getByRole("heading").innerText();

/** Presses the button, and waits for the file that comes of it. */
async function press(page: Page): Promise<Download> {
  const [download] = await Promise.all([page.waitForEvent("download"), button(page).click()]);
  return download;
}

const bytesOf = async (download: Download) => readFile(await download.path());

test("a link that is opened and reloaded stays unused; its button saves the file, once", async () => {
  const body = randomBytes(300_000);
  const url = await links.linkTo(body, { filename: "été 文件 «1».bin" });
  links.passedOn.length = 0;
  const { page, complaints } = await openPage(url);
  for (let i = 0; i < 10; i++) await page.reload();
  expect(await heading(page)).toBe("été 文件 «1».bin");
  expect(await page.locator("time").innerText()).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d UTC$/);
  expect(links.passedOn).toEqual([]);

  const download = await press(page);
  expect(download.suggestedFilename()).toBe("été 文件 «1».bin");
  expect(await bytesOf(download)).toEqual(body);

  await button(page).click();
  await page.getByText("This link was used before, and works only once.").waitFor();
  expect(await heading(page)).toBe("This link no longer works");
  const copied = await page.goto(url);
  expect([copied?.status(), await heading(page)]).toEqual([410, "This link no longer works"]);
  expect([links.passedOn, complaints]).toEqual([[undefined], []]);
});

test("a stored page is saved, and never shown by the edge", async () => {
  const url = await links.linkTo("<title>stored</title><script>document.title = 'run'</script>");
  const { page } = await openPage(url);
  const download = await press(page);
  expect(String(await bytesOf(download))).toContain("<title>stored</title>");
  expect([page.url(), await page.title()]).toEqual([url, expect.stringMatching(/^Download .+\.html$/)]);
});

test("a PDF is saved under its name, and not shown", async () => {
  const url = await links.linkTo("%PDF-1.4\n%%EOF\n", { filename: "a.pdf", "content-type": "application/pdf" });
  const { page } = await openPage(url);
  const download = await press(page);
  expect([download.suggestedFilename(), String(await bytesOf(download))]).toEqual(["a.pdf", "%PDF-1.4\n%%EOF\n"]);
  expect([page.url(), page.context().pages()]).toEqual([url, [page]]);
});

test("a link that has expired says so", async () => {
  const url = await links.linkTo("late", { "expires-in": "1" });
  await expect.poll(async () => (await fetch(url)).status).toBe(410);
  const { page, complaints } = await openPage(url);
  expect(await page.getByRole("paragraph").innerText()).toBe("This link has expired. Ask for a new one.");
  expect(complaints).toEqual([]);
});

test.each([
  ["long", `${"longname".repeat(25)}.tar.gz`, /^longname.*….*\.tar\.gz$/],
  ["right-to-left", "تقرير المبيعات (2).pdf", /^تقرير المبيعات \(2\)\.pdf$/],
])("the button is in sight on a narrow phone, with a name that is %s", async (_, filename, shown) => {
  const { page } = await openPage(await links.linkTo("a", { filename }), { viewport: { width: 320, height: 480 } });
  await expectToFit(page);
  expect(await heading(page)).toMatch(shown);
  const { y = Infinity, height = 0 } = (await button(page).boundingBox()) ?? {};
  expect(y + height).toBeLessThanOrEqual(480);
});

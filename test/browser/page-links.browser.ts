import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";

import { type Local, startLocal } from "@presign-once/local-edge";
import type { BrowserContextOptions, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";

import { expectToFit, useChromium } from "./open-page.ts";
import { AGAIN, buttonOf, buttonsOf, choose, rowOf, SHARE, shown, spoken, stored } from "./page-parts.ts";

const WORKS_ONCE = "Works once. Opening it shows a page; the button there downloads the file.";

const openPage = useChromium();
let local: Local;
beforeAll(async () => {
  local = await startLocal({ onLog: () => {} });
});
afterAll(() => local?.stop());

const share = (within: Page | Locator) => buttonOf(within, SHARE);
const address = (within: Page | Locator) => within.getByRole("textbox", { name: "One-time download link" });
const copied = (page: Page) => page.evaluate<string>("navigator.clipboard.readText()");

async function upload(page: Page, name: string, buffer: Buffer): Promise<void> {
  await choose(page, { name, buffer });
  await stored(rowOf(page, name));
}

/** Opens the page, and uploads a file. */
async function uploaded(name: string, buffer: Buffer, options: BrowserContextOptions = {}, url = local.baseUrl) {
  const opened = await openPage(url, options);
  await upload(opened.page, name, buffer);
  return opened;
}

const READS_CLIPBOARD = { permissions: ["clipboard-read", "clipboard-write"] };

test("the copied link gives another person the file, once", async () => {
  const bytes = randomBytes(300_000);
  const { page, complaints } = await uploaded("été 文件 «1».bin", bytes, READS_CLIPBOARD);
  await share(page).click();
  await page.getByText("Copied", { exact: true }).waitFor();
  await page.getByText(WORKS_ONCE).waitFor();
  const link = await copied(page);
  expect(link).toMatch(new RegExp(`^${local.baseUrl}/d/`));
  expect(await address(page).inputValue()).toBe(link);
  expect(await spoken(page)).toBe("Link copied.");

  const other = (await openPage(link)).page;
  const button = other.getByRole("button", { name: "Download" });
  const [download] = await Promise.all([other.waitForEvent("download"), button.click()]);
  expect(download.suggestedFilename()).toBe("été 文件 «1».bin");
  expect((await readFile(await download.path())).equals(bytes)).toBe(true);
  const [second] = await Promise.all([
    other.waitForResponse((response) => response.request().method() === "GET"),
    button.click(),
  ]);
  expect(second.status()).toBe(410);
  await other.getByText("This link was used before, and works only once.").waitFor();
  expect(complaints).toEqual([]);
});

test("each press gives another link, and a refused second upload takes none away", async () => {
  const { page } = await uploaded("a.txt", Buffer.from("a"), READS_CLIPBOARD);
  await share(page).click();
  await address(page).waitFor();
  const first = await address(page).inputValue();
  await buttonOf(page, AGAIN).click();
  await shown(page, "refused.");
  expect(await address(page).inputValue()).toBe(first);
  await share(page).click();
  await expect.poll(() => address(page).inputValue()).not.toBe(first);
  expect(await copied(page)).toBe(await address(page).inputValue());
});

test("where copying is denied, the link is shown, focused and selected; the keyboard alone is enough", async () => {
  const { page } = await uploaded("a.txt", Buffer.from("a"));
  await page.evaluate("navigator.clipboard.writeText = () => Promise.reject(new DOMException('', 'NotAllowedError'))");
  await buttonOf(page, AGAIN).focus();
  await page.keyboard.press("Tab");
  expect(await page.evaluate("document.activeElement.textContent")).toBe(SHARE);
  await page.keyboard.press("Enter");
  await page.getByText("Not copied: copy it from here").waitFor();
  expect(await page.evaluate("document.activeElement.dataset.part")).toBe("address");
  expect(await page.evaluate("getSelection().toString()")).toBe(await address(page).inputValue());
  expect(await spoken(page)).toMatch(/^The link is shown, but was not copied/);
  expect(await address(page).getAttribute("readonly")).toBe("");
});

test("each file has its own link, whichever comes first", async () => {
  const { page } = await uploaded("a.txt", Buffer.from("a"));
  await upload(page, "b.txt", Buffer.from("b"));
  const [a, b] = [rowOf(page, "a.txt"), rowOf(page, "b.txt")];
  let release = (): void => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route(
    (url) => url.searchParams.get("filename") === "a.txt",
    async (route) => {
      await held;
      await route.continue();
    },
  );
  await Promise.all([page.waitForRequest("**/url?download=*"), share(a).click()]);
  await share(b).click();
  await address(b).waitFor();
  const link = await address(b).inputValue();
  expect(await address(a).count()).toBe(0);
  release();
  await address(a).waitFor();
  expect(await address(b).inputValue()).toBe(link);
  expect(await address(a).inputValue()).not.toBe(link);
});

test("says in plain words why there is no link, and the next press may get one", async () => {
  const { page } = await uploaded("a.txt", Buffer.from("a"));
  await page.route("**/url?download=*", (route) =>
    route.fulfill({ status: 503, json: { code: "SlowDown", message: "No URL can be issued." } }),
  );
  await share(page).click();
  const reason = "The storage is busy or down, so there is no link yet. Try again in a while.";
  await page.locator("[data-part=no-link]").getByText(reason).waitFor();
  expect(await spoken(page)).toBe(reason);
  await page.unroute("**/url?download=*");
  await share(page).click();
  await address(page).waitFor();
  expect(await page.locator("[data-part=no-link]").isVisible()).toBe(false);
});

test.each([
  ["an override", "invoice\u202Efdp.exe"],
  ["a mark", "invoice\u200Ffdp.exe"],
])("a file whose name turns the direction of text by %s gets a link under another name", async (_, name) => {
  const { page } = await uploaded(name, Buffer.from("a"));
  await share(page).click();
  await address(page).waitFor();
  const other = (await openPage(await address(page).inputValue())).page;
  expect(await other.getByRole("heading").innerText()).toMatch(/^[\w-]+$/);
});

test.each([
  ["nobody may have links", { authorizer: "none" }],
  ["no downloads are offered", { downloads: undefined }],
] as const)("there is no button where %s", async (_, config) => {
  const edge = await startLocal({ onLog: () => {}, config: config as object });
  onTestFinished(() => edge.stop());
  const { page } = await uploaded("a.txt", Buffer.from("a"), {}, edge.baseUrl);
  expect(await buttonsOf(rowOf(page, "a.txt"))).toEqual([AGAIN]);
});

test("fits on a narrow phone", async () => {
  const { page } = await uploaded("a.txt", Buffer.from("a"), { viewport: { width: 320, height: 640 } });
  await share(page).click();
  await address(page).waitFor();
  await expectToFit(page);
});

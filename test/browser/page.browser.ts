import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";

import { type Local, startLocal } from "@presign-once/local-edge";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";

import { type Bucket, bucketOf } from "./bucket.ts";
import { startCable } from "./cable.ts";
import { expectToFit, useChromium } from "./open-page.ts";
import { makeFile } from "./spoiled-files.ts";

const MEGABYTE = 1_000_000;
const SHARE = "Copy a one-time download link";

const openPage = useChromium();
let local: Local;
let bucket: Bucket;
const log: string[] = [];
beforeAll(async () => {
  local = await startLocal({ onLog: (line) => log.push(line) });
  bucket = bucketOf(local, afterAll);
});
afterAll(() => local?.stop());

const choose = (page: Page, name: string, buffer: Buffer) =>
  page.getByLabel("Choose a file").setInputFiles({ name, mimeType: "application/octet-stream", buffer });
const attempts = (page: Page) => page.getByRole("listitem");
const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });
const shown = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();

const sentShare = (page: Page) => page.evaluate<number>("document.querySelector('progress').value");
const underway = (page: Page) => expect.poll(() => sentShare(page), { timeout: 20_000 }).toBeGreaterThan(0);

/** The keys that this adds to the bucket. */
async function newKeys(act: () => Promise<void>): Promise<string[]> {
  const before = new Set(await bucket.keys());
  await act();
  return (await bucket.keys()).filter((key) => !before.has(key));
}

test("uploads a file with progress, and explains the refusal of a second upload to the same URL", async () => {
  const { page, complaints, network } = await openPage(local.baseUrl);
  const bytes = randomBytes(3 * MEGABYTE);
  await network({ uploadBytesPerSecond: MEGABYTE });
  const requestsBefore = local.originRequestCount();
  const seen: { value: number; pace: string }[] = [];
  const keys = await newKeys(async () => {
    await choose(page, "photo.raw", bytes);
    while ((await attempts(page).count()) === 0) {
      const value = await sentShare(page);
      seen.push({ value, pace: await page.locator("#pace").innerText() });
    }
  });

  const between = seen.filter(({ value }) => value > 0 && value < 1);
  expect(new Set(between.map(({ value }) => value)).size).toBeGreaterThan(3);
  expect(seen.map(({ value }) => value)).toEqual(seen.map(({ value }) => value).sort((a, b) => a - b));
  expect(
    between.some(({ pace }) => /^[\d.]+ [MK]?B\/s, \d+ s left$/i.test(pace)),
    JSON.stringify(seen),
  ).toBe(true);
  expect(await attempts(page).allInnerTexts()).toEqual([expect.stringMatching(/^First use: stored/)]);
  expect(keys).toHaveLength(1);
  expect((await bucket.read(keys[0]!)).equals(bytes)).toBe(true);

  await network("online");
  expect(
    await newKeys(async () => {
      await button(page, "Send again").click();
      await shown(page, "Second use: refused");
    }),
  ).toEqual([]);
  expect(await attempts(page).nth(1).innerText()).toMatch(/works only once[^]*403 UrlAlreadyUsed/);
  expect(local.originRequestCount()).toBe(requestsBefore + 1);
  expect((await bucket.read(keys[0]!)).equals(bytes)).toBe(true);
  expect(complaints).toEqual([]);
});

test("a cancelled upload leaves nothing, and a new URL uploads the file", async () => {
  const { page, network } = await openPage(local.baseUrl);
  await network({ uploadBytesPerSecond: MEGABYTE / 4 });
  expect(
    await newKeys(async () => {
      await choose(page, "long.bin", Buffer.alloc(5 * MEGABYTE));
      await underway(page);
      await button(page, "Cancel").click();
      await shown(page, "First use: cancelled");
    }),
  ).toEqual([]);
  await network("online");
  const keys = await newKeys(async () => {
    await button(page, "Try with a new URL").click();
    await shown(page, "First use: stored");
  });
  expect((await bucket.head(keys[0]!)).bytes).toBe(5 * MEGABYTE);
});

describe("an upload that loses its connection", () => {
  async function loseIt() {
    const cable = await startCable(local.baseUrl, onTestFinished);
    const { page, network } = await openPage(local.baseUrl, { proxy: { server: cable.url, bypass: "<-loopback>" } });
    await network({ uploadBytesPerSecond: MEGABYTE / 4 });
    await choose(page, "long.bin", Buffer.alloc(5 * MEGABYTE, 7));
    await underway(page);
    log.length = 0;
    cable.cut();
    return { page, network, cable };
  }

  test("continues with the same URL when the connection is back, and makes one object", async () => {
    const keys = await newKeys(async () => {
      const { page, network, cable } = await loseIt();
      await network("online");
      cable.mend();
      await shown(page, "First use: stored");
    });
    expect(keys).toHaveLength(1);
    expect((await bucket.head(keys[0]!)).bytes).toBe(5 * MEGABYTE);
    expect(log.map((line) => JSON.parse(line) as object)).toEqual([
      expect.objectContaining({ presignOnce: "verify", outcome: "accepted", repeated: true }),
    ]);
  });

  test("reports a permanent loss, and a new URL uploads the file", async () => {
    const { page, network, cable } = await loseIt();
    await shown(page, "First use: connection lost");
    await button(page, "Try with a new URL").click();
    await shown(page, "First use: connection lost");
    cable.mend();
    await network("online");
    await button(page, "Try with a new URL").click();
    await shown(page, "First use: stored");
  });
});

test("uploads 200 MB, and shows the refusal of 200 MB more", { timeout: 180_000 }, async () => {
  const { page } = await openPage(local.baseUrl);
  page.setDefaultTimeout(150_000);
  const started = performance.now();
  const keys = await newKeys(async () => {
    await page.evaluate(`{
      const list = new DataTransfer();
      list.items.add(new File(Array(200).fill(new Uint8Array(${MEGABYTE}).fill(7)), "big.bin"));
      const input = document.querySelector("input[type=file]");
      input.files = list.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }`);
    await shown(page, "First use: stored");
  });
  console.info(`200 MB in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  expect((await bucket.head(keys[0]!)).bytes).toBe(200 * MEGABYTE);
  await button(page, "Send again").click();
  await shown(page, "Second use: refused");
  expect(await attempts(page).nth(1).innerText()).toContain("403 UrlAlreadyUsed");
});

test("uploads an empty file", async () => {
  const { page } = await openPage(local.baseUrl);
  const keys = await newKeys(async () => {
    await choose(page, "empty", Buffer.alloc(0));
    await shown(page, "First use: stored");
  });
  expect((await bucket.head(keys[0]!)).bytes).toBe(0);
});

test("names a file that was removed, and asks to choose it again", async () => {
  const { page } = await openPage(local.baseUrl);
  const path = await makeFile(onTestFinished);
  await page.getByLabel("Choose a file").setInputFiles(path);
  await shown(page, "First use: stored");
  await rm(path);
  await button(page, "Send again").click();
  await shown(page, "Second use: not uploaded");
  await shown(page, /deleted, moved or changed after it was chosen/);
  expect(await page.getByRole("button").allInnerTexts()).toEqual([SHARE, "Upload another file"]);
});

test("accepts a file dropped anywhere on the page", async () => {
  const { page, complaints } = await openPage(local.baseUrl);
  /** Whether the page took the file, which the browser would otherwise open in its place. */
  const take = (type: string) =>
    page.evaluate<boolean>(`(() => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File(["hello"], "dropped.txt", { type: "text/plain" }));
      const event = new DragEvent("${type}", { dataTransfer, bubbles: true, cancelable: true });
      return !document.querySelector("footer").dispatchEvent(event);
    })()`);
  expect(await take("dragover")).toBe(true);
  expect(await page.locator("body.dragging").count()).toBe(1);
  const keys = await newKeys(async () => {
    expect(await take("drop")).toBe(true);
    await shown(page, "First use: stored");
  });
  expect(await page.locator("body.dragging").count()).toBe(0);
  expect((await bucket.read(keys[0]!)).toString()).toBe("hello");
  expect(complaints).toEqual([]);
});

test("works with the keyboard alone, and never loses the focus", async () => {
  const { page } = await openPage(local.baseUrl);
  const focused = () => page.evaluate<string>("document.activeElement.labels?.[0]?.id || document.activeElement.id");
  // Waits from here on: a busy page may handle the keys before the wait for its file chooser starts.
  const chooser = page.waitForEvent("filechooser");
  await page.keyboard.press("Tab");
  expect(await focused()).toBe("drop");
  const outline = await page.locator("#drop").evaluate((element) => {
    const { getComputedStyle } = globalThis as unknown as { getComputedStyle(of: unknown): { outlineStyle: string } };
    return getComputedStyle(element).outlineStyle;
  });
  expect(outline).toBe("solid");

  await page.keyboard.press("Enter");
  await (await chooser).setFiles({ name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("a") });
  await shown(page, "First use: stored");
  expect(await focused()).toBe("again");
  await page.keyboard.press("Enter");
  await shown(page, "Second use: refused");
  expect(await focused()).toBe("another");
  await page.keyboard.press("Enter");
  expect(await focused()).toBe("drop");
});

test("gives screen readers names, roles and every outcome", async () => {
  const { page, network } = await openPage(local.baseUrl);
  const spoken = page.getByRole("status");
  expect(await page.title()).toBe("presign-once");
  expect(await page.locator("html").getAttribute("lang")).toBe("en");
  expect(await page.locator("main").ariaSnapshot()).toMatch(/- heading "presign-once" \[level=1\]/);
  expect(await page.locator("main").ariaSnapshot()).toMatch(
    /- button "Choose a file or drop it anywhere on this page"/,
  );

  await network({ uploadBytesPerSecond: MEGABYTE / 4 });
  await choose(page, "report.pdf", Buffer.alloc(MEGABYTE));
  await page.getByRole("region", { name: "report.pdf" }).waitFor();
  await page.getByRole("progressbar", { name: "Sent" }).waitFor();
  expect(await spoken.innerText()).toBe("Uploading report.pdf");
  await expect.poll(() => spoken.innerText(), { timeout: 10_000, interval: 20 }).toMatch(/^(25|50|75) percent sent$/);
  await network("online");
  await shown(page, "First use: stored");
  expect(await spoken.innerText()).toBe("First use: stored. The URL is used up now.");
  await button(page, "Send again").click();
  await shown(page, "Second use: refused");
  expect(await spoken.innerText()).toMatch(/^Second use: refused\. This URL has been used/);
  expect(await page.getByRole("heading").allInnerTexts()).toEqual([
    "presign-once",
    "report.pdf",
    "First use: stored",
    "Second use: refused",
  ]);
  expect(await page.getByRole("button").allInnerTexts()).toEqual(["Send again", SHARE, "Upload another file"]);
});

test("redirects a page from another name of this machine to the address of issued URLs", async () => {
  const { page } = await openPage(local.baseUrl.replace("127.0.0.1", "localhost"));
  expect(page.url()).toBe(`${local.baseUrl}/`);
});

test("fits on a phone, with any file name", async () => {
  const { page } = await openPage(local.baseUrl, { viewport: { width: 320, height: 640 } });
  await expectToFit(page);
  await choose(page, `${"longname".repeat(25)}.txt`, Buffer.from("a"));
  await shown(page, "First use: stored");
  await expectToFit(page);
  await button(page, "Send again").click();
  await shown(page, "Second use: refused");
  await expectToFit(page);
});

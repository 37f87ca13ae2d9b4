import { randomBytes } from "node:crypto";
import { readFile, rm } from "node:fs/promises";

import { type Local, startLocal } from "@presign-once/local-edge";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";

import { type Bucket, bucketOf } from "./bucket.ts";
import { startCable } from "./cable.ts";
import { expectToFit, useChromium } from "./open-page.ts";
import {
  AGAIN,
  ANOTHER,
  buttonOf,
  buttonsOf,
  callsOf,
  choose,
  drag,
  RETRY,
  rowOf,
  sentShare,
  SHARE,
  shown,
  spoken,
  stored,
} from "./page-parts.ts";
import { makeFile } from "./spoiled-files.ts";

const MEGABYTE = 1_000_000;
const REFUSED =
  /^PUT \/uploads\/[\w-]{8}… → 403 UrlAlreadyUsed\s+Refused\. This URL was used before, and works only once/;

const openPage = useChromium();
let local: Local;
let bucket: Bucket;
const log: string[] = [];
beforeAll(async () => {
  local = await startLocal({ onLog: (line) => log.push(line) });
  bucket = bucketOf(local, afterAll);
});
afterAll(() => local?.stop());

const refused = (within: Page | Locator, times: number) =>
  shown(within, times === 1 ? "refused." : `refused ${times} times.`);
const underway = (page: Page) => expect.poll(() => sentShare(page), { timeout: 20_000 }).toBeGreaterThan(0);
const focused = (page: Page) =>
  page.evaluate<string>("document.activeElement.labels?.[0]?.id || document.activeElement.textContent");
const allStored = (page: Page, count: number) =>
  expect.poll(() => page.getByText("Stored", { exact: true }).count(), { timeout: 30_000 }).toBe(count);

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
  const row = rowOf(page, "photo.raw");
  const seen: { value: number; pace: string }[] = [];
  const keys = await newKeys(async () => {
    await choose(page, { name: "photo.raw", buffer: bytes });
    while ((await row.getByText("Stored", { exact: true }).count()) === 0)
      seen.push({ value: await sentShare(page), pace: await row.locator("[data-part=pace]").innerText() });
  });

  const between = seen.filter(({ value }) => value > 0 && value < 1);
  expect(new Set(between.map(({ value }) => value)).size).toBeGreaterThan(3);
  expect(seen.map(({ value }) => value)).toEqual(seen.map(({ value }) => value).sort((a, b) => a - b));
  expect(
    between.some(({ pace }) => /^[\d.]+ [MK]?B\/s, \d+ s left$/i.test(pace)),
    JSON.stringify(seen),
  ).toBe(true);
  expect(await callsOf(row).allInnerTexts()).toEqual([
    expect.stringMatching(/^GET \/url → 200/),
    expect.stringMatching(/^PUT \/uploads\/[\w-]{8}… → 200/),
  ]);
  expect(keys).toHaveLength(1);
  expect((await bucket.read(keys[0]!)).equals(bytes)).toBe(true);

  await network("online");
  expect(
    await newKeys(async () => {
      await buttonOf(row, AGAIN).click();
      await refused(row, 1);
    }),
  ).toEqual([]);
  expect(await callsOf(row).nth(2).innerText()).toMatch(REFUSED);
  expect(local.originRequestCount()).toBe(requestsBefore + 1);
  expect((await bucket.read(keys[0]!)).equals(bytes)).toBe(true);
  expect(complaints).toEqual([]);
});

test("shows refusals of the same kind as one, with their number", async () => {
  const { page } = await openPage(local.baseUrl);
  await choose(page, { name: "a.txt", buffer: Buffer.from("a") });
  await stored(page);
  for (let times = 1; times <= 6; times++) {
    await buttonOf(page, AGAIN).click();
    await refused(page, times);
  }
  expect(await callsOf(page).count()).toBe(3);
  expect(await page.getByText("Stored", { exact: true }).count()).toBe(1);
});

test("shows the URL, the key and the expiry while the file is sent, and copies the whole URL", async () => {
  const options = { permissions: ["clipboard-read", "clipboard-write"] };
  const { page, network } = await openPage(local.baseUrl, options);
  await network({ uploadBytesPerSecond: MEGABYTE / 4 });
  const [keys, url] = [await bucket.keys(), page.locator("[data-part=url]")];
  await choose(page, { name: "a.bin", buffer: Buffer.alloc(MEGABYTE) });
  await url.waitFor();
  expect(await url.innerText()).toMatch(new RegExp(`^${local.baseUrl}/uploads/[\\w-]{8}…\\?…\\w{6}$`));
  expect(await page.locator("[data-part=expires]").innerText()).toMatch(/^\d\d:\d\d:\d\d, in 1\d min$/);
  await buttonOf(page, "Copy URL").click();
  await shown(page, "Copied");
  const key = await page.locator("[data-part=key]").innerText();
  const copied = new URL(await page.evaluate<string>("navigator.clipboard.readText()"));
  expect(copied.pathname).toBe(`/${key}`);
  expect(copied.searchParams.has("X-Amz-Signature")).toBe(true);
  expect(keys).not.toContain(key);
  await network("online");
  await stored(page);
  expect(await bucket.keys()).toContain(key);
});

test("where copying is denied, the whole URL is shown and selected", async () => {
  const { page } = await openPage(local.baseUrl);
  await page.evaluate("navigator.clipboard.writeText = () => Promise.reject(new DOMException('', 'NotAllowedError'))");
  await choose(page, { name: "a.txt", buffer: Buffer.from("a") });
  await stored(page);
  await buttonOf(page, "Copy URL").click();
  await shown(page, "Not copied: copy it from here");
  const selected = await page.evaluate<string>("getSelection().toString()");
  expect(new URL(selected).searchParams.has("X-Amz-Signature")).toBe(true);
  expect(await page.locator("[data-part=url]").innerText()).toBe(selected);
  await page.evaluate("new Promise((resolve) => setTimeout(resolve, 1_200))");
  expect(await page.evaluate("getSelection().toString()")).toBe(selected);
});

test("gives each of several files its own URL and row, and uploads three at a time", async () => {
  const { page, network } = await openPage(local.baseUrl);
  await network({ uploadBytesPerSecond: MEGABYTE });
  const names = ["a.bin", "b.bin", "c.bin", "d.bin"];
  const keys = await newKeys(async () => {
    await choose(page, ...names.map((name) => ({ name, buffer: Buffer.from(name.repeat(50_000)) })));
    await rowOf(page, "d.bin").getByText("Waiting for the other files").waitFor();
    await rowOf(page, "d.bin").getByRole("button", { name: "Cancel" }).waitFor();
    await network("online");
    await allStored(page, 4);
  });
  const shownKeys = await page.locator("[data-part=key]").allInnerTexts();
  expect([...shownKeys].sort()).toEqual([...keys].sort());
  expect(await page.getByRole("region").locator("[data-part=name]").allInnerTexts()).toEqual(names);
  for (const [i, name] of names.entries()) expect(String(await bucket.read(shownKeys[i]!)).slice(0, 5)).toBe(name);
  await buttonOf(rowOf(page, "b.bin"), AGAIN).click();
  await refused(rowOf(page, "b.bin"), 1);
  expect(await callsOf(rowOf(page, "a.bin")).count()).toBe(2);
});

test("a file that waits for the others can be cancelled, and asks for no URL", async () => {
  const { page, network } = await openPage(local.baseUrl);
  await network({ uploadBytesPerSecond: MEGABYTE / 4 });
  await choose(page, ...["a", "b", "c", "d"].map((name) => ({ name, buffer: Buffer.alloc(MEGABYTE) })));
  const last = rowOf(page, "d");
  await last.getByText("Waiting for the other files").waitFor();
  await buttonOf(last, "Cancel").click();
  await shown(last, "Not stored: cancelled");
  expect(await last.locator("[data-part=url]").isVisible()).toBe(false);
  await network("online");
  await allStored(page, 3);
});

test('"Upload another file" opens the chooser, and puts the new row above', async () => {
  const { page } = await openPage(local.baseUrl);
  await choose(page, { name: "first", buffer: Buffer.from("1") });
  await stored(page);
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), buttonOf(page, ANOTHER).click()]);
  expect(chooser.isMultiple()).toBe(true);
  await chooser.setFiles({ name: "second", mimeType: "text/plain", buffer: Buffer.from("2") });
  await allStored(page, 2);
  expect(await page.locator("[data-part=name]").allInnerTexts()).toEqual(["second", "first"]);
});

test("a cancelled upload leaves nothing, and a new URL uploads the file", async () => {
  const { page, network } = await openPage(local.baseUrl);
  await network({ uploadBytesPerSecond: MEGABYTE / 4 });
  expect(
    await newKeys(async () => {
      await choose(page, { name: "long.bin", buffer: Buffer.alloc(5 * MEGABYTE) });
      await underway(page);
      await buttonOf(page, "Cancel").click();
      await shown(page, "Not stored: cancelled");
    }),
  ).toEqual([]);
  await network("online");
  const keys = await newKeys(async () => {
    await buttonOf(page, RETRY).click();
    await stored(page);
  });
  expect((await bucket.head(keys[0]!)).bytes).toBe(5 * MEGABYTE);
});

describe("an upload that loses its connection", () => {
  async function loseIt() {
    const cable = await startCable(local.baseUrl, onTestFinished);
    const { page, network } = await openPage(local.baseUrl, { proxy: { server: cable.url, bypass: "<-loopback>" } });
    await network({ uploadBytesPerSecond: MEGABYTE / 4 });
    await choose(page, { name: "long.bin", buffer: Buffer.alloc(5 * MEGABYTE, 7) });
    await underway(page);
    log.length = 0;
    cable.cut();
    return { page, network, cable };
  }

  test("continues with the same URL when the connection is back, and makes one object", async () => {
    const keys = await newKeys(async () => {
      const { page, network, cable } = await loseIt();
      await shown(page, "Connection lost, trying again (1 of 3)");
      expect(await page.locator("[data-part=pace]").innerText()).toBe("");
      expect(await page.getByText(/ MB of 5 MB/).count()).toBe(0);
      await shown(page, "Connection lost, trying again (2 of 3)");
      expect(await spoken(page)).toBe("long.bin: Connection lost, trying again (2 of 3)");
      await network("online");
      cable.mend();
      await stored(page);
      expect(await callsOf(page).allInnerTexts()).toEqual([
        expect.stringMatching(/^GET /),
        expect.stringMatching(/→ no answer\s+Connection lost 2 times\./),
        expect.stringMatching(/→ stored\s+Stored\. .*There is one object/),
      ]);
    });
    expect(keys).toHaveLength(1);
    expect((await bucket.head(keys[0]!)).bytes).toBe(5 * MEGABYTE);
    expect(log.map((line) => JSON.parse(line) as object)).toEqual([
      expect.objectContaining({ presignOnce: "verify", outcome: "accepted", repeated: true }),
    ]);
  });

  test("reports a permanent loss, and a new URL uploads the file", async () => {
    const { page, network, cable } = await loseIt();
    await shown(page, "Not stored: connection lost 4 times");
    await buttonOf(page, RETRY).click();
    await page.getByText("Not stored: connection lost", { exact: true }).waitFor();
    await shown(page, "The edge did not answer. Is it still running?");
    cable.mend();
    await network("online");
    await buttonOf(page, RETRY).click();
    await stored(page);
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
    await stored(page);
  });
  console.info(`200 MB in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  expect((await bucket.head(keys[0]!)).bytes).toBe(200 * MEGABYTE);
  await buttonOf(page, AGAIN).click();
  await refused(page, 1);
  expect(await callsOf(page).nth(2).innerText()).toMatch(REFUSED);
});

test("uploads an empty file", async () => {
  const { page } = await openPage(local.baseUrl);
  const keys = await newKeys(async () => {
    await choose(page, { name: "empty", buffer: Buffer.alloc(0) });
    await stored(page);
  });
  expect((await bucket.head(keys[0]!)).bytes).toBe(0);
});

test("names a file that was removed, and asks to choose it again", async () => {
  const { page } = await openPage(local.baseUrl);
  const path = await makeFile(onTestFinished);
  await page.locator("#file").setInputFiles(path);
  await stored(page);
  await rm(path);
  await buttonOf(page, AGAIN).click();
  await shown(page, /deleted, moved or changed after it was chosen/);
  expect(await callsOf(page).nth(2).innerText()).toMatch(/→ not sent\s+Not uploaded\./);
  expect(await buttonsOf(rowOf(page, "a.bin"))).toEqual([SHARE]);
});

test("shows where files are dropped while some are dragged over the page, and accepts them anywhere", async () => {
  const { page, complaints } = await openPage(local.baseUrl);
  const target = page.getByText("Drop to upload");
  expect(await target.isVisible()).toBe(false);
  expect(await drag(page, "dragover", ["dropped.txt"])).toBe(true);
  expect(await target.isVisible()).toBe(true);
  await drag(page, "dragleave", []);
  expect(await target.isVisible()).toBe(false);
  expect(await drag(page, "dragover", [])).toBe(false);
  expect(await target.isVisible()).toBe(false);
  const keys = await newKeys(async () => {
    await drag(page, "dragover", ["dropped.txt"]);
    expect(await drag(page, "drop", ["dropped.txt", "other.txt"])).toBe(true);
    await allStored(page, 2);
  });
  expect(await target.isVisible()).toBe(false);
  expect((await bucket.read(keys[0]!)).toString()).toBe("hello");
  expect(keys).toHaveLength(2);
  expect(complaints).toEqual([]);
});

test.each([
  ["a mouse", {}, true],
  ["a finger", { hasTouch: true, isMobile: true }, false],
])("the hint to drop files is there for %s: %j", async (_, options, isShown) => {
  const { page } = await openPage(local.baseUrl, options);
  expect(await page.getByText("or drop them anywhere").isVisible()).toBe(isShown);
});

test("shows the README's line for a shell, and copies it", async () => {
  const options = { permissions: ["clipboard-read", "clipboard-write"] };
  const { page } = await openPage(local.baseUrl, options);
  await buttonOf(page, "Copy the command").click();
  await shown(page, "Copied");
  expect(await page.evaluate("navigator.clipboard.readText()")).toBe(local.tryLine);
  const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");
  expect(readme).toContain(`try     ${local.tryLine.replace(local.baseUrl, "http://127.0.0.1:8080")}\n`);
});

test("says in three steps how it works, and where more is said", async () => {
  const { page } = await openPage(local.baseUrl);
  const how = page.getByRole("region", { name: "How it works" });
  expect(await how.getByRole("listitem").count()).toBe(3);
  expect(await how.textContent()).toContain("docs/README.md");
});

test("works with the keyboard alone, and never loses the focus", async () => {
  const { page } = await openPage(local.baseUrl);
  // Waits from here on: a busy page may handle the keys before the wait for its file chooser starts.
  const chooser = page.waitForEvent("filechooser");
  await page.keyboard.press("Tab");
  expect(await focused(page)).toBe("drop");
  const outline = await page.locator("#drop").evaluate((element) => {
    const { getComputedStyle } = globalThis as unknown as { getComputedStyle(of: unknown): { outlineStyle: string } };
    return getComputedStyle(element).outlineStyle;
  });
  expect(outline).toBe("solid");

  await page.keyboard.press("Enter");
  await (await chooser).setFiles({ name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("a") });
  await stored(page);
  expect(await focused(page)).toBe(AGAIN);
  for (const times of [1, 2, 3]) {
    await page.keyboard.press("Enter");
    await refused(page, times);
    expect(await focused(page)).toBe(AGAIN);
  }
  const another = page.waitForEvent("filechooser");
  await page.keyboard.press("Shift+Tab");
  expect(await focused(page)).toBe("Copy URL");
  await page.keyboard.press("Shift+Tab");
  expect(await focused(page)).toBe(ANOTHER);
  await page.keyboard.press("Enter");
  await (await another).setFiles([]);
  expect(await focused(page)).toBe(ANOTHER);
});

test("gives screen readers names, roles and every outcome", async () => {
  const { page, network } = await openPage(local.baseUrl);
  expect(await page.title()).toBe("presign-once");
  expect(await page.locator("html").getAttribute("lang")).toBe("en");
  expect(await page.locator("main").ariaSnapshot()).toMatch(/- heading "presign-once" \[level=1\]/);
  expect(await page.locator("main").ariaSnapshot()).toMatch(
    /- button "Choose files or drop them anywhere on this page"/,
  );

  await network({ uploadBytesPerSecond: MEGABYTE / 4 });
  await choose(page, { name: "report.pdf", buffer: Buffer.alloc(MEGABYTE) });
  const row = rowOf(page, "report.pdf");
  await row.waitFor();
  await row.getByRole("progressbar", { name: "Sent" }).waitFor();
  expect(await page.getByRole("log").locator("p").allInnerTexts()).toContain("Uploading report.pdf");
  await expect
    .poll(() => spoken(page), { timeout: 10_000, interval: 20 })
    .toMatch(/^report\.pdf: (25|50|75) percent sent$/);
  await network("online");
  await stored(page);
  expect(await spoken(page)).toBe("report.pdf: stored. The URL is used up now.");
  for (const start of ["refused", "refused 2 times"]) {
    await buttonOf(row, AGAIN).click();
    await expect.poll(() => spoken(page)).toMatch(new RegExp(`^report\\.pdf: ${start}\\. This URL was used`));
  }
  expect(await page.getByRole("log").getAttribute("aria-live")).toBe("polite");
  expect(await row.getByRole("heading").allInnerTexts()).toEqual(["report.pdf"]);
  expect(await buttonsOf(row)).toEqual([AGAIN, SHARE]);
});

test("redirects a page from another name of this machine to the address of issued URLs", async () => {
  const { page } = await openPage(local.baseUrl.replace("127.0.0.1", "localhost"));
  expect(page.url()).toBe(`${local.baseUrl}/`);
});

test("fits on a phone, with any file name", async () => {
  const { page } = await openPage(local.baseUrl, { viewport: { width: 320, height: 640 } });
  await expectToFit(page);
  await choose(page, { name: `${"longname".repeat(25)}.txt`, buffer: Buffer.from("a") });
  await stored(page);
  await expectToFit(page);
  await buttonOf(page, AGAIN).click();
  await refused(page, 1);
  await expectToFit(page);
});

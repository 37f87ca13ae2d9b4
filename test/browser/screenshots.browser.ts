import { rm } from "node:fs/promises";

import { type Local, startLocal } from "@presign-once/local-edge";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";

import { startCable } from "./cable.ts";
import { expectReadable } from "./contrast.ts";
import { expectToFit, useChromium } from "./open-page.ts";
import { AGAIN, buttonOf, choose, drag, RETRY, rowOf, SHARE, shown, stored } from "./page-parts.ts";
import { SCREENS, shootTo } from "./screens.ts";
import { makeFile } from "./spoiled-files.ts";

const NAME = "Quarterly figures, final (2).pdf";
const MEGABYTE = 1_000_000;

const openPage = useChromium();
let local: Local;
beforeAll(async () => {
  local = await startLocal({ onLog: () => {} });
});
afterAll(() => local?.stop());

test.each(SCREENS)("every state, on $screen", { timeout: 180_000 }, async ({ colorScheme, viewport, size, screen }) => {
  const cable = await startCable(local.baseUrl, onTestFinished);
  const proxy = { server: cable.url, bypass: "<-loopback>" };
  const touch = size === "phone" ? { hasTouch: true, isMobile: true } : {};
  const { page, network } = await openPage(local.baseUrl, { colorScheme, viewport, proxy, ...touch });
  const row = rowOf(page, NAME);
  const press = (name: string) => buttonOf(page, name).first().click();
  const file = { name: NAME, buffer: Buffer.alloc(3 * MEGABYTE) };
  let number = 0;
  const shoot = async (state: string, text?: string | RegExp): Promise<void> => {
    if (text !== undefined) await shown(page, text);
    await expectToFit(page);
    await expectReadable(page);
    number += 1;
    await shootTo(page, `${screen}-${String(number).padStart(2, "0")}-${state}`);
  };
  const reload = async (): Promise<void> => {
    await network("online");
    await page.reload();
  };

  const paper = await page.evaluate<string>("getComputedStyle(document.documentElement).backgroundColor");
  const [red = Number.NaN] = /\d+/.exec(paper)?.map(Number) ?? [];
  expect(red < 128 ? "dark" : "light").toBe(colorScheme);

  await shoot("empty");
  await drag(page, "dragover", ["a.txt"]);
  await shoot("dragging", "Drop to upload");
  await drag(page, "dragleave", []);
  await network({ uploadBytesPerSecond: MEGABYTE });
  await choose(page, file);
  await shoot("uploading", "s left");
  await stored(page);
  await shoot("stored");
  await network("online");
  for (const refusals of ["refused.", ...[2, 3, 4, 5, 6].map((count) => `refused ${count} times`)]) {
    await press(AGAIN);
    await shown(row, refusals);
  }
  await shoot("refused-6-times", "refused 6 times");
  await press(SHARE);
  await shoot("link-copied", "Copied");
  await page.evaluate("navigator.clipboard.writeText = () => Promise.reject(new Error('denied'))");
  await press(SHARE);
  await shoot("link-not-copied", "Not copied: copy it from here");
  await press("Copy URL");
  await shoot("url-not-copied", /X-Amz-Signature/);
  await network("offline");
  await press(SHARE);
  await shoot("no-link", "Is it still running?");

  await reload();
  await network({ uploadBytesPerSecond: MEGABYTE });
  await choose(page, file);
  await shown(page, "s left");
  cable.cut();
  await shoot("connection-lost", "Connection lost, trying again (2 of 3)");
  await shoot("given-up", "Not stored: connection lost");
  cable.mend();
  await network("online");
  await press(RETRY);
  await stored(page);

  await reload();
  await network({ uploadBytesPerSecond: MEGABYTE / 2 });
  await choose(page, file);
  await shown(page, "s left");
  await press("Cancel");
  await shoot("cancelled", "Not stored: cancelled");
  await choose(page, ...[1, 2, 3, 4].map((n) => ({ name: `photo-${n}.jpg`, buffer: Buffer.alloc(n * MEGABYTE) })));
  await stored(rowOf(page, "photo-1.jpg"));
  await shoot("several-files");
  for (const n of [2, 3, 4]) await buttonOf(rowOf(page, `photo-${n}.jpg`), "Cancel").click();

  await reload();
  const path = await makeFile(onTestFinished);
  await page.locator("#file").setInputFiles(path);
  await stored(page);
  await rm(path);
  await press(AGAIN);
  await shoot("file-unreadable", /deleted, moved or changed/);
});

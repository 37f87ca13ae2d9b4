import { rm } from "node:fs/promises";

import { type Local, startLocal } from "@presign-once/local-edge";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";

import { expectToFit, useChromium } from "./open-page.ts";
import { SCREENS, shootTo } from "./screens.ts";
import { makeFile } from "./spoiled-files.ts";

const openPage = useChromium();
let local: Local;
beforeAll(async () => {
  local = await startLocal({ onLog: () => {} });
});
afterAll(() => local?.stop());

test.each(SCREENS)("every state, on $screen", { timeout: 120_000 }, async ({ colorScheme, viewport, screen }) => {
  const { page, network } = await openPage(local.baseUrl, { colorScheme, viewport });
  const button = (name: string) => page.getByRole("button", { name }).click();
  const choose = (megabytes: number) =>
    page.getByLabel("Choose a file").setInputFiles({
      name: "Quarterly figures, final (2).pdf",
      mimeType: "application/pdf",
      buffer: Buffer.alloc(megabytes * 1_000_000),
    });
  let number = 0;
  const shoot = async (state: string, text?: string): Promise<void> => {
    if (text !== undefined) await page.getByText(text).first().waitFor();
    await expectToFit(page);
    number += 1;
    await shootTo(page, `${screen}-${number}-${state}`);
  };

  const paper = await page.evaluate<string>("getComputedStyle(document.documentElement).backgroundColor");
  const [red = Number.NaN] = /\d+/.exec(paper)?.map(Number) ?? [];
  expect(red < 128 ? "dark" : "light").toBe(colorScheme);

  await shoot("choose");
  await network({ uploadBytesPerSecond: 1_000_000 });
  await choose(4);
  await shoot("uploading", "s left");
  await shoot("stored", "First use: stored");
  await network("online");
  await button("Send again");
  await shoot("refused", "Second use: refused");
  await button("Copy a one-time download link");
  await shoot("link-copied", "Copied");
  await page.evaluate("navigator.clipboard.writeText = () => Promise.reject(new Error('denied'))");
  await button("Copy a one-time download link");
  await shoot("link-not-copied", "Not copied: copy it from here");
  await network("offline");
  await button("Copy a one-time download link");
  await shoot("no-link", "Is it still running?");
  await network("online");
  await button("Upload another");
  await network({ uploadBytesPerSecond: 1_000_000 });
  await choose(4);
  await page.getByText("s left").waitFor();
  await button("Cancel");
  await shoot("cancelled", "First use: cancelled");
  await network("offline");
  await button("Try with a new URL");
  await shoot("connection-lost", "First use: connection lost");
  await network("online");
  await button("Upload another");
  const path = await makeFile(onTestFinished);
  await page.getByLabel("Choose a file").setInputFiles(path);
  await page.getByRole("heading", { name: "First use: stored" }).waitFor();
  await rm(path);
  await button("Send again");
  await shoot("file-unreadable", "Second use: not uploaded");
});

import { readFile } from "node:fs/promises";

import { afterAll, beforeAll, expect, test } from "vitest";

import { DOWNLOAD_STATES, serveStates } from "./download-states.ts";
import { expectToFit, useChromium } from "./open-page.ts";
import { SCREENS, shootTo } from "./screens.ts";

const openPage = useChromium();
let states: Awaited<ReturnType<typeof serveStates>>;
beforeAll(async () => {
  states = await serveStates(afterAll);
});

test.each(DOWNLOAD_STATES)("$name: says what happened and what to do, on every screen", async (state) => {
  for (const { colorScheme, viewport, screen } of SCREENS) {
    const { page, complaints } = await openPage(await states.urlOf(state), { colorScheme, viewport });
    expect(await page.getByRole("heading").innerText()).toBe(state.heading);
    expect(await page.getByRole("paragraph").allInnerTexts()).toEqual([state.text]);
    expect(await page.locator("button, a").allInnerTexts()).toEqual(state.hasButton ? [state.hasButton] : []);
    await expectToFit(page);
    await shootTo(page, `${screen}-download-${state.name}`);
    expect(complaints).toEqual([]);
  }
});

test.each(["undecided", "failed"])("after %s, trying again gives the file to the same client", async (name) => {
  const state = DOWNLOAD_STATES.find((each) => each.name === name)!;
  const { page } = await openPage(await states.urlOf(state));
  await page.getByRole("link", { name: "Try again" }).click();
  expect(await page.getByRole("heading").innerText()).toBe(state.heading);
  states.become({});
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Try again" }).click(),
  ]);
  expect(String(await readFile(await download.path()))).toBe("the file");
});

import { rm } from "node:fs/promises";

import { describe, expect, test } from "vitest";

import { CHOSEN, TOKEN, useClientPage } from "./client-page.ts";
import { SPOILED } from "./spoiled-files.ts";

const place = useClientPage();

describe("a file that cannot be read is named, and no URL is requested:", () => {
  const grantsAsked = () => place.log.filter((line) => line.includes('"presignOnce":"issue"')).length;

  test.each(SPOILED)("%s after its size was shown", async (_, spoil) => {
    const before = grantsAsked();
    const path = await place.chooseFile();
    await place.showSize();
    await spoil(path);
    const { error } = await place.uploadIn(place.app.page, CHOSEN, "{ retries: 2, freshUrls: 2 }");
    expect(error).toMatchObject({
      code: "FileUnreadable",
      message: expect.stringMatching(/deleted, moved or changed/),
    });
    expect(grantsAsked()).toBe(before);
  });

  test("deleted before the page looked at it", async () => {
    const before = grantsAsked();
    await rm(await place.chooseFile());
    expect((await place.uploadIn(place.app.page, CHOSEN)).error?.code).toBe("FileUnreadable");
    expect(grantsAsked()).toBe(before);
  });

  test.each(SPOILED)("%s after its URL was granted, and the URL stays unused", async (_, spoil) => {
    const path = await place.chooseFile();
    await place.app.page.evaluate(`(async () => {
      const headers = { authorization: "Bearer ${TOKEN}" };
      globalThis.grant = await client.requestGrant(${CHOSEN}, { endpoint: "${place.local.baseUrl}/url", headers });
    })()`);
    const send = (file: string) =>
      place.app.page.evaluate(`client.sendOnce(${file}, grant).then(() => "stored", ({ code }) => code)`);
    await spoil(path);
    expect(await send(CHOSEN)).toBe("FileUnreadable");
    expect(await send("new Blob([new Uint8Array(100_000)])")).toBe("stored");
  });

  test("a readable file is uploaded", async () => {
    await place.chooseFile();
    expect((await place.uploadIn(place.app.page, CHOSEN)).key).toMatch(/^uploads\//);
  });
});

import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, onTestFinished, test } from "vitest";

import { startCable } from "./cable.ts";
import { useDownloadLinks } from "./download-links.ts";
import { digestOf } from "./large-object.ts";
import { launchFirefox } from "./launch-firefox.ts";
import { useChromium } from "./open-page.ts";
import { watchMemory } from "./watch-memory.ts";

const GIB = 1024 ** 3;
/** The stand-in for S3, whose memory is no matter here. */
const STORE = "workerd";
/** What neither edge nor browser needs more of for a download, whatever its size. */
const MOST_GROWTH_MIB = 256;

/** `pnpm test browser cut-download --gib N` downloads as much. */
const gib = Number(process.env["TEST_GIB"] ?? 2_000_000 / GIB);
if (!(gib > 0)) throw new Error("--gib: expected a number of GiB");
const bytes = Math.round(gib * GIB);
const timeout = 60_000 + gib * 300_000;

const links = useDownloadLinks();
const openPage = useChromium();

/** Lays a cable that ends at half of the file, and watches memory until it is told that the file is there. */
async function startCutDownload() {
  const { url, sha256 } = await links.linkToLarge(bytes);
  const cable = await startCable(links.local.baseUrl, onTestFinished);
  links.passedOn.length = 0;
  cable.endAfter(bytes / 2);
  const tellMemory = await watchMemory();
  const begun = performance.now();
  return {
    ...{ url, cable },
    /** Expects that the file is whole, and that it came in two parts. */
    async expectWhole(browser: string, path: string): Promise<void> {
      const seconds = (performance.now() - begun) / 1000;
      const memory = await tellMemory();
      expect(await digestOf(path)).toEqual({ sha256, bytes });
      expect(links.passedOn).toEqual([undefined, expect.stringMatching(/^bytes=[1-9]\d*-$/)]);
      const from = Number(/\d+/.exec(links.passedOn[1] ?? "")?.[0]);
      expect(from).toBeLessThan(bytes / 2 + 128 * 1024); // a chunk is passed on whole
      if (bytes < GIB) return;
      console.log(
        `${browser}: ${bytes} bytes in ${seconds.toFixed(1)} s, the rest from ${from}; resident MiB: ${JSON.stringify(memory)}`,
      );
      for (const [program, { first, most }] of Object.entries(memory))
        if (program !== STORE) expect([program, most - first < MOST_GROWTH_MIB]).toEqual([program, true]);
    },
  };
}

test(
  "a download whose connection ends at half is continued by Chromium, and the file is whole",
  { timeout },
  async () => {
    const { url, cable, expectWhole } = await startCutDownload();
    const { page } = await openPage(url, { proxy: { server: cable.url, bypass: "<-loopback>" } });
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Download" }).click(),
    ]);
    const path = await download.path().catch((cause: unknown) => {
      throw new Error(`Chromium gave up; the edge has passed on ${JSON.stringify(links.passedOn)}`, { cause });
    });
    await expectWhole("Chromium", path);
  },
);

/** The one download of a Firefox, for its own windows. */
const DOWNLOAD = `(async () => {
  const { Downloads } = ChromeUtils.importESModule("resource://gre/modules/Downloads.sys.mjs");
  return (await (await Downloads.getList(Downloads.ALL)).getAll())[0];
})()`;
/** What a press of "Retry" in its list of downloads does. */
const RETRY = `${DOWNLOAD}.then((download) => void download.start().catch(() => {}))`;
const STATE = `${DOWNLOAD}.then((download) => download && [download.stopped, download.succeeded, download.hasPartialData])`;

test("Firefox says that it failed, and continues it when it is told to try again", { timeout }, async () => {
  const firefox = await launchFirefox();
  onTestFinished(() => firefox.close());
  const folder = await mkdtemp(join(tmpdir(), "presign-once-saved-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await firefox.saveTo(folder);
  const { url, cable, expectWhole } = await startCutDownload();
  await firefox.open(url.replace(links.local.baseUrl, cable.url));
  await firefox.evaluate(`void document.querySelector("button").click()`);
  await expect.poll(() => firefox.evaluateInBrowser(STATE), { timeout }).toEqual([true, false, true]);
  expect(links.passedOn).toEqual([undefined]);

  await firefox.evaluateInBrowser(RETRY);
  await expect.poll(() => firefox.evaluateInBrowser(STATE), { timeout }).toEqual([true, true, false]);
  const names = await readdir(folder);
  expect(names).toHaveLength(1);
  await expectWhole("Firefox", join(folder, names[0] ?? ""));
});

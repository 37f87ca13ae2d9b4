import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { type Local, startLocal } from "@presign-once/local-edge";
import { build } from "esbuild";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { EXAMPLES } from "../relay/examples.ts";
import { type Bucket, bucketOf } from "./bucket.ts";
import { type OpenPage, useChromium } from "./open-page.ts";
import { serve } from "./serve-client.ts";
import { spoilFirstUrl } from "./spoil-first-url.ts";

/** The endpoint that the examples name, which the tests put their own in the place of. */
const ENDPOINT = "http://127.0.0.1:8080/url";

/** What a person presses to try again and to cancel, and what the example says of a used URL. */
const examples = [
  { name: "browser", retry: "button", cancel: undefined, refusal: "used before" },
  { name: "react", retry: "button", cancel: "button", refusal: "used before" },
  { name: "uppy", retry: "button", cancel: undefined, refusal: "UrlAlreadyUsed" },
  {
    name: "filepond",
    retry: ".filepond--action-retry-item-processing",
    cancel: ".filepond--action-abort-item-processing",
    refusal: "used before",
  },
  { name: "dropzone", retry: ".dz-preview.dz-error", cancel: ".dz-remove", refusal: "used before" },
];

const openPage = useChromium();
let local: Local;
let bucket: Bucket;
beforeAll(async () => {
  local = await startLocal({ onLog: () => {}, config: { cors: { origins: ["*"] } } });
  bucket = bucketOf(local, afterAll);
});
afterAll(() => local?.stop());

describe.each(examples)("examples/$name", ({ name, retry, cancel, refusal }) => {
  let origin: string;
  beforeAll(async () => {
    origin = await serveExample(name, `${local.baseUrl}/url`);
  });

  let app: OpenPage;
  let page: Page;
  beforeEach(async () => {
    app = await openPage(origin);
    page = app.page;
  });

  const choose = (buffer: Buffer) =>
    // Dropzone's input is not in the page's own markup.
    page.locator("input[type=file]").first().setInputFiles({ name: "été.txt", mimeType: "text/plain", buffer });
  const says = (text: string) => page.locator("output").getByText(text).waitFor();
  const stored = async () => {
    await says("stored as uploads/");
    return (await page.locator("output").innerText()).replace("stored as ", "");
  };

  test("a chosen file is stored as it is, with its type and its name", async () => {
    const bytes = randomBytes(300_000);
    await choose(bytes);
    const key = await stored();
    expect((await bucket.read(key)).equals(bytes)).toBe(true);
    const { type, metadata } = await bucket.head(key);
    expect([type, decodeURIComponent(metadata["filename"]!)]).toEqual(["text/plain", "été.txt"]);
    expect(app.complaints).toEqual([]);
  });

  test("a refused upload stores nothing, and trying again stores the file once, by another URL", async () => {
    const before = await bucket.keys();
    const granted = await spoilFirstUrl(page);
    const bytes = randomBytes(1_000);
    await choose(bytes);
    await says(refusal);
    await page.locator(retry).click();
    const key = await stored();
    expect(granted).toEqual([expect.any(String), key]);
    expect((await bucket.keys()).filter((one) => !before.includes(one)).sort()).toEqual([...granted].sort());
    expect((await bucket.read(granted[0]!)).equals(bytes)).toBe(false);
    expect((await bucket.read(key)).equals(bytes)).toBe(true);
  });

  test("an upload whose answer is lost is stored once, and no URL is requested by itself", async () => {
    const before = await bucket.keys();
    const urls: string[] = [];
    page.on("request", (request) => new URL(request.url()).pathname === "/url" && urls.push(request.url()));
    const puts = await loseFirstAnswer(page);
    await choose(randomBytes(1_000));
    // Uppy sends the request again, which is refused; the others do not.
    await says(name === "uppy" ? refusal : "No answer came");
    expect([urls.length, puts()]).toEqual([1, name === "uppy" ? 2 : 1]);
    expect((await bucket.keys()).length - before.length).toBe(1);
  });

  if (cancel !== undefined)
    test("cancelling stops the upload", async () => {
      const before = await bucket.keys();
      await app.network({ uploadBytesPerSecond: 100_000 });
      const sending = page.waitForRequest((request) => request.method() === "PUT");
      const stopped = page.waitForEvent("requestfailed", (request) => request.method() === "PUT");
      await choose(randomBytes(1_000_000));
      await sending;
      page.on("dialog", (question) => void question.accept()); // Dropzone asks
      await page.locator(cancel).click();
      expect((await stopped).failure()?.errorText).toBe("net::ERR_ABORTED");
      expect(await bucket.keys()).toEqual(before);
    });
});

test("examples/uppy: where the endpoint offers retries, an upload whose answer is lost is sent again and counts as stored", async () => {
  const { page } = await openPage(await serveExample("uppy", `${local.baseUrl}/url?retries=same-client`));
  const before = await bucket.keys();
  const puts = await loseFirstAnswer(page);
  await page.setInputFiles("input", { name: "a", mimeType: "", buffer: Buffer.from("hello") });
  await page.locator("output").getByText("stored as uploads/").waitFor();
  const key = (await page.locator("output").innerText()).replace("stored as ", "");
  expect(puts()).toBe(2);
  expect(await bucket.keys()).toEqual([...before, key].sort());
  expect(String(await bucket.read(key))).toBe("hello");
});

/** Keeps the answer to a page's first upload from it. @returns how many uploads it has sent */
async function loseFirstAnswer(page: Page): Promise<() => number> {
  let puts = 0;
  await page.route(
    ({ pathname }) => pathname.startsWith("/uploads/"),
    async (route) => {
      if (route.request().method() !== "PUT") return route.continue();
      const isFirst = ++puts === 1;
      const response = await route.fetch();
      return isFirst ? route.abort("connectionreset") : route.fulfill({ response });
    },
  );
  return () => puts;
}

/** Bundles an example as its script `start` does, and serves it. @returns its origin */
async function serveExample(name: string, endpoint: string): Promise<string> {
  const folder = join(EXAMPLES, name);
  const { scripts } = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as {
    scripts: { start: string };
  };
  const [, entries = ""] = /^esbuild ((?:app\.\w+ )+)/.exec(scripts.start.replace("--jsx=automatic ", "")) ?? [];
  const { outputFiles } = await build({
    absWorkingDir: folder,
    entryPoints: entries.trim().split(" "),
    bundle: true,
    format: "esm",
    jsx: "automatic",
    conditions: ["source"],
    outdir: "dist",
    write: false,
  });
  const files = new Map([["/", await readFile(join(folder, "index.html"))]]);
  for (const { path, text } of outputFiles) {
    if (path.endsWith(".js")) expect(text).toContain(`"${ENDPOINT}"`);
    files.set(path.slice(folder.length), Buffer.from(text.replaceAll(ENDPOINT, endpoint)));
  }
  return serve((req, res) => {
    const file = files.get(req.url ?? "");
    const type = { js: "text/javascript", css: "text/css" }[req.url?.split(".")[1] ?? ""] ?? "text/html; charset=utf-8";
    res.writeHead(file === undefined ? 404 : 200, { "content-type": type }).end(file);
  }, afterAll);
}

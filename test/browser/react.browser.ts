import { readFile } from "node:fs/promises";

import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { TOKEN, useClientPage } from "./client-page.ts";
import type { OpenPage } from "./open-page.ts";
import { bundle, serveScript } from "./serve-client.ts";
import { spoilFirstUrl } from "./spoil-first-url.ts";

/** What the component rendered. */
interface Rendered {
  readonly status: string;
  readonly sentBytes?: number;
  readonly key?: string;
  readonly code?: string;
}

const REACT_18 = { react: "react-18", "react-dom": "react-dom-18" };
/** So that a test sees that the alias took effect. */
const WHICH = `import { version } from "react"; globalThis.version = version;`;
const place = useClientPage({ anyOrigin: true });

describe.each([
  ["18", REACT_18],
  ["19", {}],
])("in React %s, under StrictMode,", (version, alias) => {
  let origin: string;
  beforeAll(async () => {
    const app = await readFile(new URL("react-app.js", import.meta.url), "utf8");
    const define = { "process.env.NODE_ENV": '"development"' };
    origin = await serveScript(await bundle(`${app}${WHICH}`, { alias, define }), afterAll);
  });

  let app: OpenPage;
  let page: Page;
  beforeEach(async () => {
    app = await place.openPage(origin);
    page = app.page;
    expect(await page.evaluate("version")).toMatch(new RegExp(`^${version}\\.`));
    await show();
  });

  const options = (token = TOKEN) => ({
    endpoint: `${place.local.baseUrl}/url`,
    headers: { authorization: `Bearer ${token}` },
  });
  const show = async (properties: object = {}) => {
    await page.evaluate(`show(${JSON.stringify({ options: options(), ...properties })})`);
    await page.getByRole("status").waitFor();
  };
  const status = (text: string) => page.getByRole("status").getByText(text, { exact: true }).waitFor();
  const last = () => page.evaluate<Rendered>("rendered.at(-1)");
  /** Uploads, and says what the promise came to. */
  const upload = (file: string) => page.evaluate<string>(`uploader.upload(${file}).then((grant) => grant?.key)`);
  /** Begins a slow upload, as `begun`, whose promise then is a global, and waits until something was sent. */
  const begin = async () => {
    await app.network({ uploadBytesPerSecond: 200_000 });
    await page.evaluate("void (globalThis.begun = uploader.upload(new Blob([new Uint8Array(1_000_000)])))");
    await expect.poll(async () => (await last()).sentBytes ?? 0).toBeGreaterThan(0);
  };

  test("a file is stored: idle, uploading with progress, stored with the grant; the functions stay the same", async () => {
    expect(await last()).toEqual({ status: "idle" });
    await page.evaluate("(globalThis.first = uploader)");
    await app.network({ uploadBytesPerSecond: 1_000_000 });
    const key = await upload("new Blob([new Uint8Array(1_000_000)])");
    await status("stored");
    expect((await place.bucket.head(key)).bytes).toBe(1_000_000);
    const rendered = await page.evaluate<Rendered[]>("rendered");
    expect(rendered.at(-1)).toEqual({ status: "stored", key });
    expect([...new Set(rendered.map((one) => one.status))]).toEqual(["idle", "uploading", "stored"]);
    expect(new Set(rendered.map(({ sentBytes }) => sentBytes)).size).toBeGreaterThan(3);
    expect(await page.evaluate("Object.keys(uploader).filter((name) => uploader[name] !== first[name])")).toEqual([]);
    expect(app.complaints).toEqual([]);
  });

  test("a URL that another client used first is refused, and the next upload is stored", async () => {
    await spoilFirstUrl(page);
    expect(await upload(`new Blob(["mine"])`)).toBeUndefined();
    await status("failed");
    expect(await last()).toEqual({ status: "failed", code: "UrlAlreadyUsed" });
    const key = await upload(`new Blob(["mine"])`);
    expect(String(await place.bucket.read(key))).toBe("mine");
    await status("stored");
    expect(await last()).toEqual({ status: "stored", key });
  });

  test("abort stops the upload, reset forgets it", async () => {
    await begin();
    await page.evaluate("uploader.abort()");
    await status("aborted");
    expect(await page.evaluate("begun")).toBeUndefined();
    await page.evaluate("uploader.reset()");
    await status("idle");
    await begin();
    await page.evaluate("uploader.reset()");
    expect(await page.evaluate("begun")).toBeUndefined();
    expect(await last()).toEqual({ status: "idle" });
  });

  test("the upload is aborted when the component is removed; nothing is rendered or uploaded after that", async () => {
    await begin();
    const before = await page.evaluate<number>("rendered.length");
    const aborted = page.waitForEvent("requestfailed", (request) => request.method() === "PUT");
    await page.evaluate("show()");
    expect((await aborted).failure()?.errorText).toBe("net::ERR_ABORTED");
    expect(await page.evaluate("begun")).toBeUndefined();
    const requests: string[] = [];
    page.on("request", (request) => requests.push(request.method()));
    expect(await upload(`new Blob(["late"])`)).toBeUndefined();
    expect(await page.evaluate("rendered.length")).toBe(before);
    expect(requests).toEqual([]);
    expect(app.complaints).toEqual([]);
  });

  test("a second upload ends the first, whose outcome is not shown", async () => {
    await begin();
    const before = await page.evaluate<number>("rendered.length");
    const key = await upload(`new Blob(["second"])`);
    expect(await page.evaluate("begun")).toBeUndefined();
    await status("stored");
    expect(await last()).toEqual({ status: "stored", key });
    const after = await page.evaluate<Rendered[]>(`rendered.slice(${before})`);
    expect([...new Set(after.map((one) => one.status))]).toEqual(["uploading", "stored"]);
  });

  test.each(["once", "always"])("an upload that an effect begins %s at mount is stored", async (onMount) => {
    const before = await place.bucket.keys();
    await page.evaluate("show()");
    await show({ onMount });
    await status("stored");
    const { key } = await last();
    expect(String(await place.bucket.read(key!))).toBe("at mount");
    // StrictMode runs the effect twice: the second upload ended the first.
    expect((await place.bucket.keys()).length - before.length).toBe(1);
  });

  test("an upload has the options of the last render", async () => {
    await show({ options: options("outdated") });
    await upload(`new Blob(["a"])`);
    await status("failed");
    expect((await last()).code).toBe("Unauthorized");
    await show({ options: options() });
    expect(await upload(`new Blob(["a"])`)).toMatch(/^uploads\//);
  });

  test("what is not a file is an error, not a rejection", async () => {
    expect(await upload("undefined")).toBeUndefined();
    await status("failed");
    expect((await last()).code).toBe("ARGUMENT_INVALID");
    expect(app.complaints).toEqual([]);
  });
});

import { createHash, randomBytes } from "node:crypto";

import { type Local, startLocal } from "@presign-once/local-edge";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, onTestFinished } from "vitest";

import { type Bucket, bucketOf } from "./bucket.ts";
import { type OpenPage, useChromium } from "./open-page.ts";
import { serveClient } from "./serve-client.ts";
import { makeFile } from "./spoiled-files.ts";

/** What the endpoint wants to see in `Authorization: Bearer`. */
export const TOKEN = randomBytes(32).toString("base64url");

/** The file that {@link ClientPage.chooseFile} chose, as an expression. */
export const CHOSEN = `document.getElementById("file").files[0]`;

/** What `upload` came to in the page, and a second upload to the same URL. */
interface Outcome {
  readonly key?: string;
  readonly grant?: { url: string; headers: Record<string, string> };
  readonly error?: { name: string; code: string; status?: number; message: string };
  readonly progress: { sentBytes: number; totalBytes: number; bytesPerSecond: number; secondsLeft: number }[];
  readonly replay?: string;
}

/** An app's page with the client, which uploads to a local edge of another origin. */
export interface ClientPage {
  /** Opened anew for each test. */
  readonly app: OpenPage;
  readonly appOrigin: string;
  readonly local: Local;
  readonly bucket: Bucket;
  /** Lines that the edge has written so far. */
  readonly log: readonly string[];
  readonly openPage: ReturnType<typeof useChromium>;
  /**
   * Runs `upload` in a page.
   *
   * @param file      an expression for the file
   * @param options   an expression for further options; it may use `stop`, an AbortController
   * @param endpoint  default: the local edge's
   */
  uploadIn(page: Page, file: string, options?: string, endpoint?: string): Promise<Outcome>;
  /** Chooses a file of the disk in the page of the app. @returns its path */
  chooseFile(): Promise<string>;
  /** As a page that shows the size does. Chromium takes a file as it is when a page first asks for its size. */
  showSize(): Promise<unknown>;
}

/**
 * Starts a local edge, the server of an app and Chromium for the tests of a file, and opens the app for each test.
 *
 * @param anyOrigin  pages of other origins than the app's may use the edge as well
 */
export function useClientPage({ anyOrigin = false } = {}): ClientPage {
  const openPage = useChromium();
  let appOrigin: string;
  let local: Local;
  let bucket: Bucket;
  const log: string[] = [];
  beforeAll(async () => {
    appOrigin = await serveClient(afterAll);
    const sha256 = createHash("sha256").update(TOKEN).digest("hex");
    local = await startLocal({
      onLog: (line) => log.push(line),
      config: {
        cors: { origins: [anyOrigin ? "*" : appOrigin] },
        authorizer: { type: "bearer", tokens: [{ name: "app", sha256 }] },
        maxBytes: 10_000_000,
      },
    });
    bucket = bucketOf(local, afterAll);
  });
  afterAll(() => local?.stop());

  let app: OpenPage;
  beforeEach(async () => {
    app = await openPage(appOrigin);
  });

  return {
    get app() {
      return app;
    },
    get appOrigin() {
      return appOrigin;
    },
    get local() {
      return local;
    },
    get bucket() {
      return bucket;
    },
    log,
    openPage,
    uploadIn: (page, file, options = "{}", endpoint = `${local.baseUrl}/url`) =>
      page.evaluate<Outcome>(runUpload(file, options, endpoint)),
    async chooseFile() {
      const path = await makeFile(onTestFinished);
      await app.page.evaluate(`document.body.innerHTML = '<input type="file" id="file">'`);
      await app.page.setInputFiles("#file", path);
      return path;
    },
    showSize: () => app.page.evaluate(`${CHOSEN}.size`),
  };
}

function runUpload(file: string, options: string, endpoint: string): string {
  return `(async () => {
    const progress = [], stop = new AbortController();
    const defaults = {
      endpoint: ${JSON.stringify(endpoint)},
      headers: { authorization: "Bearer ${TOKEN}" },
      onProgress: (step) => progress.push(step),
    };
    const file = ${file};
    const refused = ({ name, code, status, message }) => ({ name, code, status, message });
    try {
      const grant = await client.upload(file, { ...defaults, ...${options} });
      const replay = await client.sendOnce(file, grant).then(() => "stored", ({ code, status }) => status + " " + code);
      return { key: grant.key, grant, progress, replay };
    } catch (error) {
      return { error: refused(error), progress };
    }
  })()`;
}

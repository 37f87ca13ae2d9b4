import { createHash, randomBytes } from "node:crypto";

import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { AuthorizerConfigInput } from "@presign-once/settings";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { Place } from "./place.ts";
import { startStack } from "./stack.ts";

const [ALL, TENANT, NONE] = ["all", "tenant", "none"].map(() => randomBytes(32).toString("base64url"));
const sha256 = (token = "") => createHash("sha256").update(token).digest("hex");
const PAGE = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };

/** Who may hand out links, as the settings of a bearer authorizer say it. */
export type BearerTokens = Extract<AuthorizerConfigInput, { type: "bearer" }>["tokens"];

const TOKENS: BearerTokens = [
  { name: "all", sha256: sha256(ALL), downloads: [""] },
  { name: "tenant", sha256: sha256(TENANT), downloads: ["tenant-7/"] },
  { name: "none", sha256: sha256(NONE) },
];

/** The one origin whose pages may ask for links. */
export const LISTED_ORIGIN = "https://app.example";

/** Where links are issued and used, and the store behind it. */
export interface DownloadPlace {
  /** Of the edge or the relay, without a `/` at its end. */
  readonly url: string;
  /** Lines that it has written so far. */
  readonly log: readonly string[];
  /** Straight to the store. */
  readonly s3: S3Client;
  readonly bucket: string;
  /** How many requests the store has got from it so far. */
  storeRequests(): number;
  stop(): Promise<void>;
}

/** Starts the edge on a place; only bearers of these tokens may ask for links. */
export async function startDownloadEdge(place: Place, tokens: BearerTokens): Promise<DownloadPlace> {
  const authorizer = { type: "bearer" as const, tokens };
  const cors = { origins: [LISTED_ORIGIN] };
  const config = { ...place.options?.config, authorizer, cors, downloads: { leaseSeconds: 60 } };
  const stack = await startStack(place.server, place.bucket, { ...place.options, config, concurrency: 4 });
  return {
    ...{ url: stack.local.baseUrl, log: stack.log, s3: stack.s3, bucket: stack.bucket },
    storeRequests: () => stack.network.requests.length,
    async stop() {
      await stack.stop();
      await place.stop();
    },
  };
}

/**
 * One-time downloads from end to end: links that people open, the built verify function or a relay, a real S3 server.
 *
 * @param name   of platform and store
 * @param start  starts both, with an empty bucket, these tokens and {@link LISTED_ORIGIN}; a lease of 60 seconds
 */
export function describeDownloads(name: string, start: (tokens: BearerTokens) => Promise<DownloadPlace>): void {
  describe(`downloads on ${name}`, { timeout: 60_000 }, () => {
    let place: DownloadPlace;
    beforeAll(async () => {
      place = await start(TOKENS);
    }, 180_000);
    afterAll(() => place?.stop(), 60_000);

    const ask = (query: string, token = ALL) =>
      fetch(`${place.url}/url?${query}`, { headers: { authorization: `Bearer ${token}` } });

    /** Stores an object and gets a link for it. */
    async function linkTo(
      body: Buffer | string,
      { key = `uploads/${randomBytes(8).toString("hex")}.bin`, query = "" } = {},
    ) {
      const ContentType = "text/html"; // whatever is stored, it must not be shown
      await place.s3.send(new PutObjectCommand({ Bucket: place.bucket, Key: key, Body: body, ContentType }));
      const answer = await ask(`download=${encodeURIComponent(key)}${query}`);
      expect(answer.status).toBe(200);
      return answer.text();
    }

    /** Presses the button: where it leads. */
    async function press(url: string): Promise<string> {
      const answer = await fetch(url, { method: "POST", body: "", redirect: "manual" });
      expect(answer.status).toBe(303);
      return new URL(answer.headers.get("location") ?? "", url).href;
    }

    const readErrorOf = async (answer: Response) => ((await answer.json()) as { code: string }).code;

    test("a link is opened a hundred times without being used, and its button downloads the file once", async () => {
      const body = randomBytes(100_000);
      const url = await linkTo(body, { query: "&filename=%C3%A9t%C3%A9%20%22a%22.txt" });
      expect(new URL(url).pathname.length).toBeLessThan(300);
      for (let i = 0; i < 100; i++) {
        const answer = await fetch(url, { headers: i % 2 === 0 ? PAGE : {}, method: i % 3 === 0 ? "HEAD" : "GET" });
        expect(answer.status).toBe(200);
      }
      const page = await (await fetch(url, { headers: PAGE })).text();
      expect(page).toContain("été");
      expect(page).toContain('<form method="post" action="?">');
      expect(page).not.toMatch(/<script|http:|https:/);

      const file = await fetch(await press(url));
      expect([file.status, Buffer.from(await file.arrayBuffer())]).toEqual([200, body]);
      expect(file.headers.get("content-disposition")).toBe(
        `attachment; filename="_t_ _a_.txt"; filename*=UTF-8''%C3%A9t%C3%A9%20%22a%22.txt`,
      );
      expect(file.headers.get("content-type")).toBe("application/octet-stream");
      expect(file.headers.get("cache-control")).toBe("no-store");
      expect(file.headers.get("x-content-type-options")).toBe("nosniff");
      expect(file.headers.get("content-security-policy")).toMatch(/\bsandbox\b/);

      for (const again of [url, await press(url)]) {
        const answer = await fetch(again, { headers: PAGE });
        expect(answer.status).toBe(410);
        expect(await answer.text()).toContain("This link was used before");
      }
      expect((await fetch(url, { method: "HEAD" })).status).toBe(410);
    });

    test("of 32 passes at once, one downloads", async () => {
      const url = await linkTo("the file");
      const passes = await Promise.all(Array.from({ length: 32 }, () => press(url)));
      const answers = await Promise.all(passes.map((pass) => fetch(pass)));
      const statuses = answers.map(({ status }) => status).sort((a, b) => a - b);
      expect(statuses.filter((status) => status === 200)).toHaveLength(1);
      expect(new Set(statuses.slice(1))).toEqual(new Set([410]));
    });

    test("the same pass goes on where it broke off, within the lease; another one does not", async () => {
      const body = randomBytes(50_000);
      const url = await linkTo(body);
      const pass = await press(url);
      const first = await fetch(pass, { headers: { range: "bytes=40000-" } });
      expect([first.status, (await first.arrayBuffer()).byteLength]).toEqual([200, 50_000]); // the whole file at first
      const etag = first.headers.get("etag") ?? "";
      const rest = await fetch(pass, { headers: { range: "bytes=40000-", "if-range": etag } });
      expect([rest.status, Buffer.from(await rest.arrayBuffer())]).toEqual([206, body.subarray(40_000)]);
      const conditional = await fetch(pass, { headers: { "if-none-match": etag } });
      expect(conditional.status).toBe(200); // and not 304
      expect((await fetch(await press(url))).status).toBe(410);
    });

    test("programs get the same in JSON, and curl's way works", async () => {
      const url = await linkTo("hello");
      const told = (await (await fetch(url)).json()) as Record<string, unknown>;
      expect(told).toMatchObject({ fileName: expect.stringMatching(/\.bin$/) as string, uses: 1 });
      const file = await fetch(url, { method: "POST", body: "" }); // follows the redirect with GET, as curl -L -d '' does
      expect(await file.text()).toBe("hello");
      expect(await readErrorOf(await fetch(url))).toBe("UrlAlreadyUsed");
    });

    test("with confirm=never a plain GET downloads, once", async () => {
      const url = await linkTo("hello", { query: "&confirm=never" });
      expect((await fetch(url, { method: "HEAD" })).status).toBe(200);
      expect(await (await fetch(url)).text()).toBe("hello");
      expect((await fetch(url)).status).toBe(410);
    });

    test("only those may hand links out who may, for their own folders", async () => {
      expect((await ask("download=uploads/tenant-7/a.txt", TENANT)).status).toBe(200);
      for (const key of ["uploads/a.txt", "uploads/tenant-8/a.txt", "uploads/tenant-70/a.txt", "signatures/a", "a"])
        expect([key, (await ask(`download=${key}`, TENANT)).status]).toEqual([key, 403]);
      expect((await ask("download=uploads/tenant-7/a.txt", NONE)).status).toBe(403);
      for (const key of [
        "",
        "/uploads/a",
        "uploads/../a",
        "uploads/./a",
        "uploads//a",
        "uploads/a%0A",
        "uploads/a%5Cb",
      ])
        expect([key, (await ask(`download=${key}`)).status]).toEqual([key, 400]);
      for (const query of ["max-bytes=1", "extension=a", "confirm=always", "filename=a%2Fb", "content-type=text/html"])
        expect([query, (await ask(`download=uploads/a&${query}`)).status]).toEqual([query, 400]);
    });

    test("an altered link or pass uses nothing up and asks S3 for nothing", async () => {
      const url = await linkTo("hello");
      const pass = await press(url);
      const other = await press(await linkTo("other"));
      const flip = (text: string) => text.slice(0, -1) + (text.endsWith("0") ? "1" : "0");
      const before = place.storeRequests();
      const altered: [url: string, init: RequestInit, status: number][] = [
        [flip(url), {}, 403],
        [url.slice(0, -1), {}, 400],
        [`${url}?`, { method: "DELETE" }, 405],
        [`${url}?a=b`, {}, 400],
        [flip(pass), {}, 400],
        [`${url}?${other.split("?")[1]}`, {}, 400],
        [pass, { method: "POST", body: "" }, 400],
        [url.replace("/d/", "/u/"), { method: "PUT", body: "x" }, 400],
        [url, { method: "PUT", body: "x" }, 405],
      ];
      for (const [changed, init, status] of altered)
        expect([changed, (await fetch(changed, { redirect: "manual", ...init })).status]).toEqual([changed, status]);
      expect(place.storeRequests()).toBe(before);
      expect(await (await fetch(pass)).text()).toBe("hello");
    });

    test("no page of another origin can read a pass or the file, not even of a listed origin", async () => {
      for (const origin of [LISTED_ORIGIN, "https://evil.example", "null"]) {
        const [url, used] = [await linkTo("hello"), await linkTo("hello", { query: "&confirm=never" })];
        const send = (
          to: string,
          init: Pick<RequestInit, "method" | "body"> & { headers?: Record<string, string> } = {},
        ) => fetch(to, { redirect: "manual", ...init, headers: { origin, ...init.headers } });
        const pass = await press(url);
        const answers = [
          await send(url, { headers: PAGE }),
          await send(url),
          await send(url, { method: "HEAD" }),
          await send(url, { method: "POST", body: "" }),
          await send(`${url}?a=b`),
          await send(url, { method: "DELETE" }),
          await send(pass),
          await send(pass, { headers: { range: "bytes=1-" } }),
          await send(url, { headers: PAGE }),
          await send(used),
          await send(used),
        ];
        expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 303, 400, 405, 200, 206, 410, 200, 410]);
        const fields = answers.flatMap(({ headers }) => [...headers.keys()]);
        expect(fields.filter((field) => field.startsWith("access-control-"))).toEqual([]);
        const preflight = await send(url, { method: "OPTIONS", headers: { "access-control-request-method": "POST" } });
        const isListed = origin === LISTED_ORIGIN; // its page may send what it cannot read
        expect([preflight.status, preflight.headers.get("access-control-allow-origin")]).toEqual(
          isListed ? [204, origin] : [403, null],
        );
      }
    });

    test("a link for nothing is used up by S3's answer", async () => {
      const url = await (await ask("download=uploads/not-there.txt")).text();
      expect((await fetch(await press(url))).status).toBe(404);
      expect((await fetch(url)).status).toBe(410);
    });

    test("no line of the log holds a link or a pass", async () => {
      const url = await linkTo("hello");
      const pass = await press(url);
      await fetch(pass);
      const log = place.log.join("\n");
      const secrets = [...new URL(pass).pathname.split(/[./]/), ...(pass.split("pass=")[1] ?? "").split(".")];
      for (const secret of secrets.filter((text) => text.length > 20)) expect(log).not.toContain(secret);
      expect(log).toContain('"outcome":"pass"');
    });
  });
}

import { createClaimer, createEdgeKeys, randomIds, systemClock } from "@presign-once/core";
import { createCors } from "@presign-once/core/http";
import { createInMemoryIndex } from "@presign-once/core/testing";
import { describe, expect, test } from "vitest";

import { SECRET } from "../../../../test/support/edge-settings.ts";
import { REQUEST_ID, type Sent, viewerEvent } from "../../../../test/support/viewer-event.ts";
import { createInMemoryEdge, type InMemoryEdge, ORIGIN } from "../../test/in-memory-edge.ts";
import { readAnswer } from "../../test/read-answer.ts";
import type { ViewerRequest } from "../cloudfront/cloudfront.ts";
import { createVerifyHandler } from "./verify-handler.ts";

const BROWSER = ["Accept", "text/html,application/xhtml+xml,*/*;q=0.8"] as const;

/** Sends a request with a link; default: a GET by a program. */
const visit = (edge: InMemoryEdge, url: string, sent: Partial<Sent> = {}) =>
  edge.upload({ method: "GET", url, ...sent });

/** The link with a fresh pass. */
async function press(edge: InMemoryEdge, url: string): Promise<string> {
  const { headers } = readAnswer(await visit(edge, url, { method: "POST" }));
  return new URL(headers["location"] ?? "", url).href;
}

const lastLine = (edge: InMemoryEdge) => JSON.parse(edge.lines.at(-1) ?? "") as Record<string, unknown>;

describe("a link", () => {
  test("is a page for browsers, and JSON for programs", async () => {
    const edge = createInMemoryEdge();
    const url = await edge.linked();
    const page = readAnswer(await visit(edge, url, { headers: [BROWSER] }));
    expect([page.status, page.headers["content-type"]]).toEqual([200, "text/html; charset=utf-8"]);
    expect(page.body).toContain('<h1 dir="auto">a.pdf</h1>');
    const { status, headers, body } = readAnswer(await visit(edge, url));
    expect([status, headers["content-type"]]).toEqual([200, "application/json"]);
    expect(JSON.parse(body)).toMatchObject({ fileName: "a.pdf", uses: 1 });
    expect(edge.calls).toEqual([]);
  });

  test("is answered to HEAD as to GET, without a body", async () => {
    const edge = createInMemoryEdge();
    const url = await edge.linked();
    const refusedUrl = url.replace(/.$/, (digit) => (digit === "0" ? "1" : "0"));
    for (const link of [url, refusedUrl])
      for (const headers of [[BROWSER], []]) {
        const get = readAnswer(await visit(edge, link, { headers }));
        expect(get.body).not.toBe("");
        expect(readAnswer(await visit(edge, link, { headers, method: "HEAD" }))).toEqual({ ...get, body: "" });
      }
  });

  test("leads a POST to itself with a pass, by 303 and a path", async () => {
    const edge = createInMemoryEdge();
    const url = await edge.linked();
    const { status, headers, body } = readAnswer(await visit(edge, url, { method: "POST", headers: [BROWSER] }));
    expect([status, body]).toEqual([303, ""]);
    expect(headers).toEqual({
      location: expect.stringMatching(/^\/d\/[\w-]+\.k1\.[0-9a-f]{64}\?pass=\d+\.[0-9a-f]{32}\.k1\.[0-9a-f]{64}$/),
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
    });
    expect(headers["location"]?.split("?")[0]).toBe(new URL(url).pathname);
  });

  test("with its pass is passed on once, with the lock and no header but those that no function can remove", async () => {
    const edge = createInMemoryEdge();
    const url = await edge.linked();
    const [pass, other] = [await press(edge, url), await press(edge, url)];
    const sent = [["Cookie", "a=1"], ["Via", "1.1 a"], ["Range", "bytes=5-"], BROWSER] as const;
    const passedOn = (await visit(edge, pass, { headers: sent })) as ViewerRequest;
    const { request } = viewerEvent({ method: "GET", url: pass, headers: sent }).Records[0].cf;
    expect(passedOn).toEqual({
      ...request,
      uri: "/uploads/a.pdf",
      querystring: expect.stringMatching(/X-Amz-Signature=[0-9a-f]{64}$/),
      headers: {
        host: request.headers["host"],
        via: request.headers["via"],
        "x-once-lock": [{ key: "x-once-lock", value: expect.stringMatching(/^[0-9a-f]{64}$/) }],
      },
    });
    expect(passedOn.querystring).not.toContain("pass=");
    expect(((await visit(edge, pass, { headers: sent })) as ViewerRequest).headers["range"]).toEqual([
      { key: "range", value: "bytes=5-" },
    ]);
    expect(readAnswer(await visit(edge, other)).status).toBe(410);
    expect(edge.calls).toEqual(["presign", "claim", "presign", "claim", "presign"]); // the process knows who was first
  });

  test("comes again for a part of the same file, or for the whole one where If-Range or Range was sent twice", async () => {
    const edge = createInMemoryEdge();
    const pass = await press(edge, await edge.linked());
    await visit(edge, pass);
    const [range, condition] = [["Range", "bytes=5-"] as const, ["If-Range", '"a"'] as const];
    for (const [headers, names] of [
      [
        [range, condition],
        ["if-range", "range"],
      ],
      [[range, condition, condition], []],
      [[range, ["If-Range", '"é"']], []],
      [[range, range, condition], []],
    ] as const) {
      const passedOn = (await visit(edge, pass, { headers })) as ViewerRequest;
      const own = Object.keys(passedOn.headers).filter((name) => name.includes("range"));
      expect([headers, own.sort()]).toEqual([headers, names]);
    }
  });

  test("is told to be over on a page, or in JSON, and nothing of it is", async () => {
    const edge = createInMemoryEdge();
    const url = await edge.linked({ confirm: "never" });
    await visit(edge, url);
    const page = readAnswer(await visit(edge, url, { headers: [BROWSER] }));
    expect([page.status, page.headers["content-type"]]).toEqual([410, "text/html; charset=utf-8"]);
    expect(page.body).toContain(REQUEST_ID);
    const { status, body } = readAnswer(await visit(edge, url));
    expect([status, JSON.parse(body)]).toMatchObject([410, { code: "UrlAlreadyUsed", requestId: REQUEST_ID }]);
  });

  test("answers OPTIONS with its methods, and logs nothing", async () => {
    const edge = createInMemoryEdge();
    const headers = [
      ["Origin", ORIGIN],
      ["Access-Control-Request-Method", "POST"],
    ] as const;
    const answer = readAnswer(await visit(edge, await edge.linked(), { method: "OPTIONS", headers }));
    expect([answer.status, answer.headers["allow"]]).toEqual([204, "GET, HEAD, POST, OPTIONS"]);
    expect([edge.lines, edge.calls]).toEqual([[], []]);
  });

  test("takes no upload, whatever stands after it", async () => {
    const edge = createInMemoryEdge();
    const url = await edge.linked();
    for (const sent of [url, `${url}?X-Amz-Signature=a`, await press(edge, url)]) {
      const { status, headers } = readAnswer(await visit(edge, sent, { method: "PUT" }));
      expect([status, headers["allow"]]).toEqual([405, "GET, HEAD, POST, OPTIONS"]);
    }
  });
});

describe("the log", () => {
  test("has one line for each request, with its outcome and the start of the hash", async () => {
    const edge = createInMemoryEdge();
    const url = await edge.linked();
    const [hash] = edge.store.keys();
    const common = { presignOnce: "verify", requestId: REQUEST_ID, hash: hash?.slice(0, 12) };
    await visit(edge, url);
    expect(lastLine(edge)).toEqual({ ...common, outcome: "shown" });
    const pass = await press(edge, url);
    expect(lastLine(edge)).toEqual({ ...common, outcome: "pass" });
    await visit(edge, pass);
    expect(lastLine(edge)).toMatchObject({ ...common, outcome: "accepted", claimant: expect.any(String) });
    await visit(edge, pass);
    expect(lastLine(edge)).toMatchObject({ ...common, outcome: "accepted", repeated: true });
    await visit(edge, url);
    expect(lastLine(edge)).toMatchObject({ ...common, outcome: "already-claimed" });
    await visit(edge, `${url}?a=b`);
    expect(lastLine(edge)).toMatchObject({ ...common, outcome: "malformed" });
    expect(edge.lines).toHaveLength(6);
  });

  test("holds no part of a link or a pass, nor do the answers", async () => {
    const edge = createInMemoryEdge();
    const url = await edge.linked();
    const pass = await press(edge, url);
    const answers = [];
    for (const sent of [url, pass, pass, `${url}?${pass.split("?")[1]}0`, url])
      for (const headers of [[BROWSER], []]) answers.push(await visit(edge, sent, { headers }));
    const told = answers.filter((answer) => "status" in answer).map(readAnswer);
    expect(told.length).toBeGreaterThan(4);
    const [payload = "", , mac = ""] = new URL(url).pathname.slice("/d/".length).split(".");
    const [, nonce = "", , tag = ""] = (pass.split("pass=")[1] ?? "").split(".");
    for (const secret of [payload, mac, nonce, tag, SECRET, "uploads/"]) {
      expect(secret).not.toBe("");
      expect(edge.lines.join("\n")).not.toContain(secret);
      expect(JSON.stringify(told)).not.toContain(secret);
    }
  });
});

test("where no downloads are offered, a link is any other request", async () => {
  const keys = createEdgeKeys([{ id: "k1", secret: Buffer.from(SECRET, "base64url") }]);
  const claimer = createClaimer({ index: createInMemoryIndex(), keys, clock: systemClock, ids: randomIds });
  const verify = createVerifyHandler({ claimer, cors: createCors({ origins: [] }), writeLine: () => {} });
  const url = await createInMemoryEdge().linked();
  const answer = readAnswer(await verify(viewerEvent({ method: "GET", url })));
  expect([answer.status, answer.headers["allow"]]).toEqual([405, "PUT, OPTIONS"]);
});

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { sendRaw } from "../../raw-request.ts";
import { startTrial, type Trial } from "./trial.ts";

let trial: Trial;
beforeAll(async () => {
  trial = await startTrial();
});
afterAll(() => trial.stop());

describe("the head of a PUT", () => {
  /** How many bytes the head of a request has beside a filler. */
  async function fillerFor(total: number, url: string): Promise<string> {
    const { pathname, search, host } = new URL(url);
    const lines = [
      `PUT ${pathname}${search} HTTP/1.1`,
      `host: ${host}`,
      "content-length: 5",
      "connection: close",
      "x: ",
      "",
      "",
    ];
    return "a".repeat(total - lines.join("\r\n").length);
  }

  test.each([
    [8_192, "200"],
    [8_193, "400 RequestHeaderSectionTooLarge"],
  ])("of %i bytes, the URL among them: %s", async (total, expected) => {
    const url = await trial.presign();
    const x = await fillerFor(total, url);
    expect((await trial.put(url, { "content-length": "5", connection: "close", x })).answer).toBe(expected);
  });

  test.each([
    [2_048, "200"],
    [2_049, "400 MetadataTooLarge"],
  ])("with %i bytes of user-defined metadata, names and values: %s", async (bytes, expected) => {
    const value = "v".repeat(bytes - "x-amz-meta-a".length);
    const url = await trial.presign({ Metadata: { a: value } }, { signed: ["x-amz-meta-a"] });
    expect((await trial.put(url, { "x-amz-meta-a": value })).answer).toBe(expected);
  });

  test.each([
    [2_048, "200"],
    [2_049, "400 MetadataTooLarge"],
  ])("with %i bytes of system-defined metadata: %s", async (bytes, expected) => {
    const value = "v".repeat(bytes - "cache-control".length - "expires0".length);
    expect((await trial.put(await trial.presign(), { "cache-control": value, expires: "0" })).answer).toBe(expected);
  });

  test.each([
    ["no length", "", "411 Length Required"],
    ["chunks", "Transfer-Encoding: chunked\n", "501 Not Implemented"],
    ["more than 5 GiB", "Content-Length: 5368709121\nExpect: 100-continue\n", "400 Bad Request"],
  ])("with %s is refused before the body", async (_what, header, expected) => {
    const { pathname, search, host } = new URL(await trial.presign());
    const answer = await sendRaw(trial.front.endpoint, `PUT ${pathname}${search} HTTP/1.1\nHost: ${host}\n${header}\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 \d+/);
    expect(answer.split(" ")[1]).toBe(expected.split(" ")[0]);
  });

  test("that waits for 100 Continue gets it if it is good, and another gets none", async () => {
    const { pathname, search, host } = new URL(await trial.presign());
    const head = `PUT ${pathname}${search} HTTP/1.1\nHost: ${host}\nConnection: close\nContent-Length: 5\n`;
    const answers = [
      await sendRaw(trial.front.endpoint, `${head}Expect: 100-continue\n\nhello`),
      await sendRaw(trial.front.endpoint, `${head}\nhello`),
    ];
    expect(answers.map((answer) => answer.match(/^HTTP\/1\.1 \d+/gm))).toEqual([
      ["HTTP/1.1 100", "HTTP/1.1 200"],
      ["HTTP/1.1 200"],
    ]);
  });
});

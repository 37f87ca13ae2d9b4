import { expect, test } from "vitest";

import { requestGrant } from "./request-grant.ts";
import { sendOnce } from "./send-once.ts";
import { upload } from "./upload.ts";

const file = new Blob(["hello"]);
const ENDPOINT = "http://127.0.0.1:1/url";

test.each<[named: string, file: unknown, options: unknown]>([
  ["file", "a.txt", { endpoint: ENDPOINT }],
  ["file", undefined, { endpoint: ENDPOINT }],
  ["file", { size: 5 }, { endpoint: ENDPOINT }],
  ["options", file, undefined],
  ["options", file, "/url"],
  ["endpoint", file, {}],
  ["endpoint", file, { endpoint: "" }],
  ["endpoint", file, { endpoint: "ftp://edge.example/url" }],
  ["endpoint", file, { endpoint: "https://user:planted@edge.example/url" }],
  ["headers", file, { endpoint: ENDPOINT, headers: { authorization: 1 } }],
  ["headers", file, { endpoint: ENDPOINT, headers: { "a b": "c" } }],
  ["signal", file, { endpoint: ENDPOINT, signal: 5 }],
  ["stallSeconds", file, { endpoint: ENDPOINT, stallSeconds: -1 }],
])("requestGrant names an invalid argument before it sends anything: %s", async (named, given, options) => {
  const error: unknown = await requestGrant(given as Blob, options as never).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: "UploadError", code: "ARGUMENT_INVALID" });
  expect((error as Error).message).toMatch(new RegExp(`^${named}: expected .*, found \\w+\\.$`));
  expect((error as Error).message).not.toContain("planted");
});

test("upload and sendOnce throw outside a browser, and send nothing", async () => {
  const unsupported = {
    code: "Unsupported",
    message: expect.stringMatching(/no XMLHttpRequest here.*Elsewhere use fetch/),
  };
  await expect(upload(file, { endpoint: ENDPOINT })).rejects.toMatchObject(unsupported);
  await expect(sendOnce(file, {} as never)).rejects.toMatchObject(unsupported);
});

test("keeps the error of fetch as the cause", async () => {
  await expect(requestGrant(file, { endpoint: ENDPOINT })).rejects.toMatchObject({
    code: "NetworkError",
    cause: expect.any(TypeError),
  });
});

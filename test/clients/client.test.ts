import { expect, test } from "vitest";

import { readSeen } from "./client.ts";

test("reads status, header and body from a client's output", () => {
  expect(readSeen("<Code>X</Code>\nanswer 409 \n")).toEqual({ status: 409, alreadyStored: "", body: "<Code>X</Code>" });
  expect(readSeen("\nanswer 200 true\n")).toEqual({ status: 200, alreadyStored: "true", body: "" });
});

test("reads an exception with its answer, and one without a status", () => {
  expect(readSeen("x\nanswer 403 \nerror HTTPError: Forbidden\n")).toMatchObject({
    status: 403,
    error: "HTTPError: Forbidden",
  });
  const reset = readSeen("\nanswer 100 \ncurl: (56) Recv failure\n");
  expect([reset.status, reset.error]).toEqual([undefined, "curl: (56) Recv failure"]);
});

test("removes the URL, which is a credential, from the text of an exception", () => {
  expect(readSeen("error request to http://127.0.0.1:8080/u/token failed").error).toBe("request to URL failed");
});

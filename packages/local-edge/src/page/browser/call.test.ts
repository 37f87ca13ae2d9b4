import { expect, test } from "vitest";

import { addCall, type Call, grantedCall, lostCall, refusedCall, storedCall, titleOf } from "./call.ts";

const URL_USED = "http://127.0.0.1:8080/uploads/eddf168f-2f32?X-Amz-Signature=planted";
const refusal = (code: string, status?: number) => ({ code, message: "the server's words", status });
const linesOf = (calls: readonly Call[]) => calls.map((call) => `${call.request} → ${call.answer}: ${titleOf(call)}`);

test("lists requests and answers, and counts the same ones in a row", () => {
  const used = refusedCall(URL_USED, refusal("UrlAlreadyUsed", 403));
  const other = refusedCall(URL_USED, refusal("UrlExpired", 403));
  const calls = [grantedCall(), storedCall(URL_USED, 0), used, used, used, other, used].reduce(addCall, []);
  expect(linesOf(calls)).toEqual([
    "GET /url → 200: URL issued",
    "PUT /uploads/eddf168f… → 200: stored",
    "PUT /uploads/eddf168f… → 403 UrlAlreadyUsed: refused 3 times",
    "PUT /uploads/eddf168f… → 403 UrlExpired: refused",
    "PUT /uploads/eddf168f… → 403 UrlAlreadyUsed: refused",
  ]);
});

test("does not count requests to different URLs as the same", () => {
  const other = "http://127.0.0.1:8080/uploads/ffffffff-2f32?a";
  const calls = [URL_USED, other].map((url) => refusedCall(url, refusal("UrlAlreadyUsed", 403))).reduce(addCall, []);
  expect(calls).toHaveLength(2);
});

test.each([
  ["NetworkError", "no answer", "lost"],
  ["Stalled", "no answer", "lost"],
  ["Aborted", "cancelled", "cancelled"],
  ["FileUnreadable", "not sent", "refused"],
  ["WrongSize", "not sent", "refused"],
  ["__proto__", "__proto__", "refused"],
])("claims no answer for %s", (code, answer, outcome) => {
  expect(refusedCall(URL_USED, refusal(code))).toMatchObject({ answer, outcome });
});

test("an upload that failed without a URL was refused one, and used none up", () => {
  const call = refusedCall(undefined, refusal("NetworkError"));
  expect(call.request).toBe("GET /url");
  expect(call.reason).not.toMatch(/used up/);
});

test("claims no 200 where the answer may be one about an earlier request", () => {
  expect(storedCall(URL_USED, 1).answer).toBe("stored");
});

test("the last of several losses says what follows from them", () => {
  const last = refusedCall(URL_USED, refusal("NetworkError"));
  const [call, ...more] = [lostCall(URL_USED), lostCall(URL_USED), last].reduce(addCall, [] as readonly Call[]);
  expect(more).toEqual([]);
  expect(call).toMatchObject({ count: 3, reason: last.reason });
});

test("shows nothing of the secret part of a URL", () => {
  const calls = [storedCall(URL_USED, 0), lostCall(URL_USED), refusedCall(URL_USED, refusal("UrlExpired", 403))];
  expect(JSON.stringify(calls)).not.toContain("planted");
});

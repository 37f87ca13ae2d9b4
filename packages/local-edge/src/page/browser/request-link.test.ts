import { expect, onTestFinished, test, vi } from "vitest";

import { requestLink } from "./request-link.ts";

/** Answers each request with the next of these, and returns what was asked. */
function answer(...answers: readonly (Response | Error)[]): string[] {
  const asked: string[] = [];
  const rest = [...answers];
  vi.stubGlobal("fetch", async (url: string) => {
    asked.push(url);
    const next = rest.shift() ?? new Error("asked too often");
    if (next instanceof Error) throw next;
    return next;
  });
  onTestFinished(() => void vi.unstubAllGlobals());
  return asked;
}

const issued = () => Response.json({ url: "https://edge.example/d/token" });
const refused = (status: number, code: string, message = "the server's words") =>
  Response.json({ code, message }, { status });
const LINK = { status: "issued", url: "https://edge.example/d/token" };

test("asks for a link under the name of the file", async () => {
  const asked = answer(issued());
  expect(await requestLink("uploads/1", "a & b.txt")).toEqual(LINK);
  expect(asked).toEqual(["/url?download=uploads%2F1&filename=a+%26+b.txt"]);
});

test("leaves out a name that the endpoint does not take", async () => {
  const asked = answer(refused(400, "InvalidArgument"), issued());
  expect(await requestLink("uploads/1", "a\\b")).toEqual(LINK);
  expect(asked[1]).toBe("/url?download=uploads%2F1");
});

test.each([
  ["AccessDenied", [refused(403, "AccessDenied")], /hands out no download links/],
  [
    "InvalidArgument",
    [refused(400, "InvalidArgument"), refused(400, "InvalidArgument")],
    /hands out no download links/,
  ],
  ["Unauthorized", [refused(401, "Unauthorized")], /no token to show/],
  ["SlowDown", [refused(503, "SlowDown")], /busy or down/],
  ["InternalError", [refused(500, "InternalError")], /log says why/],
  ["a lost connection", [new TypeError("Failed to fetch")], /did not answer/],
  ["an answer of another form", [new Response("<html>", { status: 502 })], /did not say why/],
  ["a grant without a URL", [Response.json(null)], /did not say why/],
])("explains %s in the page's own words", async (_, answers, reason) => {
  answer(...answers);
  expect(await requestLink("uploads/1", "a")).toEqual({ status: "refused", reason: expect.stringMatching(reason) });
});

test.each(["SomethingNew", "__proto__"])("shows the server's message for %s", async (code) => {
  answer(refused(400, code));
  expect(await requestLink("uploads/1", "a")).toEqual({ status: "refused", reason: "the server's words" });
});

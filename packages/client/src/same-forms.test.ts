import { CLIENT_HEADER } from "@presign-once/core";
import * as forms from "@presign-once/core/forms";
import { readGrantRequest } from "@presign-once/core/http";
import fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";

import { requestGrant } from "./request-grant.ts";
import { sendOnce } from "./send-once.ts";

const GRANT = {
  id: "g",
  url: "http://edge/k?s",
  method: "PUT",
  headers: {},
  key: "k",
  expiresAt: "2026-01-01T00:00:00Z",
} as const;

afterEach(() => void vi.unstubAllGlobals());

/** The query that a URL for a file is requested with. */
async function askedFor(file: Blob): Promise<string> {
  let query = "";
  vi.stubGlobal("fetch", (url: URL) => {
    query = url.search.slice(1);
    return Promise.resolve(Response.json(GRANT));
  });
  await requestGrant(file, { endpoint: "http://127.0.0.1/url" });
  return query;
}

/** Whether the endpoint takes a query. */
function isTaken(query: string): boolean {
  return !("fault" in readGrantRequest(query, { expiresInSeconds: 60, maxExpiresInSeconds: 60, maxBytes: 9 }));
}

const word = fc.string({ unit: fc.constantFrom("a", "B", "9", "+", "-"), minLength: 1, maxLength: 130 });
const quoted = fc.string({ unit: fc.constantFrom("a", ".", ",", " ", "%"), maxLength: 40 }).map((text) => `"${text}"`);
const parameter = fc
  .tuple(fc.constantFrom(";", "; ", " ; ", ";;"), word, fc.oneof(word, quoted))
  .map(([separator, name, value]) => `${separator}${name}=${value}`);
const types = fc
  .tuple(
    fc.oneof(fc.constantFrom("multipart/form-data", "multipart/mixed", "multipart/byteranges", "a b/c"), word),
    fc.oneof(fc.constant(""), word),
    fc.array(parameter, { maxLength: 5 }),
  )
  .map(([type, subtype, parameters]) => `${subtype === "" ? type : `${type}/${subtype}`}${parameters.join("")}`);

test("requests a type as the endpoint accepts it: with parameters, without, or not at all", async () => {
  await fc.assert(
    fc.asyncProperty(types, async (type) => {
      const { type: whole } = new Blob([], { type });
      const query = await askedFor(new Blob([], { type: whole }));
      const taken = [whole, whole.split(";")[0] ?? ""].find((form) =>
        isTaken(`content-type=${encodeURIComponent(form)}`),
      );
      expect(new URLSearchParams(query).get("content-type")).toBe(taken ?? null);
      expect(isTaken(query)).toBe(true);
    }),
    { numRuns: 500, examples: [['a/b; c="d  e"'], [`a/b; c=${"d".repeat(249)}`], [`a/b; c=${"d".repeat(250)}`]] },
  );
});

test("requests a name exactly if the endpoint accepts it", async () => {
  const names = fc.string({
    unit: fc.constantFrom("a", " ", "*", "文", "\u0000", "\u007f", "\ud800"),
    maxLength: 1_100,
  });
  await fc.assert(
    fc.asyncProperty(names, async (name) => {
      const query = await askedFor(new File([], name));
      expect(query.includes("filename=")).toBe(isTaken(String(new URLSearchParams({ filename: name }))));
      expect(isTaken(query)).toBe(true);
    }),
    { numRuns: 300, examples: [["a".repeat(1_024)], ["a".repeat(1_025)], [`*${"a".repeat(1_022)}`]] },
  );
});

test("the secret of a client has the form that the gate takes, and goes in the header that it reads", async () => {
  const sent: [string, string][] = [];
  vi.stubGlobal(
    "XMLHttpRequest",
    class extends EventTarget {
      readonly upload = new EventTarget();
      readonly status = 200;
      open(): void {}
      setRequestHeader(name: string, value: string): void {
        sent.push([name, value]);
      }
      getResponseHeader(): null {
        return null;
      }
      send(): void {
        this.dispatchEvent(new Event("load"));
      }
    },
  );
  for (const secret of ["", "a".repeat(21), "a".repeat(22), "A9_-".repeat(32), "a".repeat(129), `${"a".repeat(22)}=`]) {
    sent.length = 0;
    const outcome = await sendOnce(new Blob([]), GRANT, { clientSecret: secret }).then(
      () => "sent",
      ({ code }: { code: string }) => code,
    );
    expect(outcome).toBe(forms.clientSecret.is(secret) ? "sent" : "ARGUMENT_INVALID");
    if (outcome === "sent") expect(sent).toEqual([[CLIENT_HEADER, secret]]);
  }
});

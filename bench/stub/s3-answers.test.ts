import { expect, test } from "vitest";

import { createStubStore, type StubRequest, VERSIONED_BUCKET } from "./s3-answers.ts";

const request = (method: string, more: Partial<StubRequest> = {}): StubRequest => ({
  method,
  bucket: "index",
  key: "signatures/1",
  query: new URLSearchParams(),
  ifMatch: undefined,
  ifNoneMatch: undefined,
  body: "",
  ...more,
});

test("creates a key once with If-None-Match", () => {
  const store = createStubStore();
  const create = request("PUT", { ifNoneMatch: "*", body: "issued" });
  expect([store(create).status, store(create).status]).toEqual([200, 412]);
});

test("accepts the first of two writers with If-Match, and detects a missing key", () => {
  const store = createStubStore();
  expect(store(request("PUT", { ifMatch: '"none"' })).status).toBe(404);
  const { etag = "" } = store(request("PUT", { body: "issued" })).headers;
  const claim = request("PUT", { ifMatch: etag, body: "claimed" });
  expect([store(claim).status, store(claim).status]).toEqual([200, 412]);
  expect(store(request("GET")).body).toBe("claimed");
});

test("uses the MD5 of the body as the ETag, as S3 does", () => {
  expect(createStubStore()(request("PUT", { body: "hello" })).headers["etag"]).toBe(
    '"5d41402abc4b2a76b9719d911017c592"',
  );
});

test("lists versions newest first in the versioned bucket only", () => {
  const store = createStubStore();
  const write = (body: string) => store(request("PUT", { bucket: VERSIONED_BUCKET, body })).headers["x-amz-version-id"];
  const [first = "", second = ""] = [write("1"), write("2")];
  const query = new URLSearchParams({ versions: "", prefix: "signatures/1" });
  const { body } = store(request("GET", { bucket: VERSIONED_BUCKET, key: "", query }));
  expect(body.indexOf(second)).toBeLessThan(body.indexOf(first));
  expect(store(request("PUT")).headers).not.toHaveProperty("x-amz-version-id");
});

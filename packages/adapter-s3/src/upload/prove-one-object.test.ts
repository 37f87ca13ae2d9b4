import { describe, expect, test } from "vitest";

import { careless } from "../../test/careless-s3.ts";
import { BUCKET, connect, type Script, s3Error, startFakeS3 } from "../../test/fake-s3.ts";
import { proveOneObject } from "./prove-one-object.ts";

/** Tries a server, without waiting. */
async function tryOut(script: Script) {
  const server = await startFakeS3(script);
  const outcome = await proveOneObject({ s3: connect(server.access), bucket: BUCKET, settle: async () => {} });
  return { server, outcome };
}

/** A server that looks at `If-None-Match: *` when an upload is whole, as S3 documents. */
function heeding() {
  const server = careless();
  const put = server.script.PutObject as Exclude<Script["PutObject"], readonly unknown[] | undefined>;
  const script: Script = {
    ...server.script,
    PutObject: (request) =>
      request.headers["if-none-match"] === "*" && server.objects.has(request.key)
        ? s3Error(412, "PreconditionFailed")
        : put(request),
  };
  return { ...server, script };
}

test("proves a store that keeps the upload that completes first, and leaves nothing in it", async () => {
  const { script, objects } = heeding();
  objects.set("uploads/ours", "x");
  const { server, outcome } = await tryOut(script);
  expect(outcome).toEqual({ status: "proven" });
  expect([...objects]).toEqual([["uploads/ours", "x"]]);
  const written = server.requests.filter(({ operation }) => operation === "PutObject");
  for (const { key, headers } of written) {
    expect(key).toMatch(/^presign-once-probe\/[0-9a-f-]{36}\/\d$/);
    expect([headers["if-none-match"], headers["content-length"], headers["transfer-encoding"]]).toEqual([
      "*",
      "21",
      undefined,
    ]);
  }
});

test("reports a store that ignores the condition as broken, and says how", async () => {
  const { script } = careless();
  expect((await tryOut(script)).outcome).toEqual({
    status: "broken",
    seen: "after one PUT, one PUT of the same key was stored, too, in spite of If-None-Match: *",
  });
});

test("reports a store that refuses an upload but stores its bytes as broken", async () => {
  const { script, objects } = heeding();
  const put = script.PutObject as Exclude<Script["PutObject"], readonly unknown[] | undefined>;
  const replacing: Script["PutObject"] = (request) => {
    const answer = put(request);
    if (objects.has(request.key)) objects.set(request.key, request.body);
    return answer;
  };
  expect((await tryOut({ ...script, PutObject: replacing })).outcome).toMatchObject({
    status: "broken",
    seen: expect.stringContaining("its bytes are stored all the same"),
  });
});

describe("stays undecided", () => {
  const refused = (status: number) => ({ code: "STORE_REFUSED", cause: { status } });
  test.each<[string, Script, object]>([
    ["may not be written to", { PutObject: () => s3Error(403, "AccessDenied") }, refused(403)],
    ["may not be read", { GetObject: () => s3Error(403, "AccessDenied") }, refused(403)],
    ["takes no streams", { PutObject: () => s3Error(411, "MissingContentLength") }, refused(411)],
    ["is busy", { PutObject: () => s3Error(503, "SlowDown") }, { status: 503 }],
  ])("for a store that %s", async (_name, broken, cause) => {
    expect((await tryOut({ ...heeding().script, ...broken })).outcome).toMatchObject({
      status: "undecided",
      cause,
    });
  });

  test("for a store that refuses both uploads", async () => {
    const { outcome } = await tryOut({ ...heeding().script, PutObject: () => s3Error(412, "PreconditionFailed") });
    expect(outcome).toMatchObject({ status: "undecided" });
  });
});

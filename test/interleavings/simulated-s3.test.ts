import { describe, expect, test } from "vitest";

import type { S3Request } from "./s3-exchange.ts";
import { createSimulatedS3, type SimulatedS3, type Store } from "./simulated-s3.ts";

const put = (by: string, more: { ifMatch?: string; ifNoneMatch?: string } = {}): S3Request => ({
  op: "PUT",
  by,
  key: "k",
  body: by,
  ...more,
});
const list: S3Request = { op: "LIST", by: "X", key: "k" };

/** Arrives, and returns the place. */
function arriving(s3: SimulatedS3, store: Store, request: S3Request): { store: Store; place: string } {
  const arrived = s3.arrive(store, request);
  if ("answer" in arrived) throw new Error("refused on arrival");
  return arrived;
}

function idsListed(s3: SimulatedS3, store: Store): string[] {
  const { answer } = s3.serve(store, list);
  return answer.status === 200 ? (answer.versions ?? []).map(({ id }) => id) : [];
}

describe("linearizable", () => {
  const s3 = createSimulatedS3({ order: "linearizable" });

  test("lists versions newest first, in the order of the writes", () => {
    const { store } = s3.serve(s3.serve([], put("A")).store, put("B"));
    expect(idsListed(s3, store)).toEqual(["B1", "A1"]);
    expect(s3.arrivesFirst(put("A"))).toBe(false);
  });

  test("lets one of two writes under the same condition through", () => {
    const { store, answer } = s3.serve([], put("I"));
    const ifMatch = answer.status === 200 ? answer.version!.etag : "";
    const first = s3.serve(store, put("A", { ifMatch }));
    expect(first.answer.status).toBe(200);
    expect(s3.serve(first.store, put("B", { ifMatch }))).toEqual({
      store: first.store,
      answer: { status: 412, code: "PreconditionFailed" },
    });
    expect(s3.serve([], put("B", { ifMatch })).answer.status).toBe(404);
    expect(s3.serve(store, put("B", { ifNoneMatch: "*" })).answer.status).toBe(412);
  });

  test("names a missing key as S3 does: NoSuchKey, and NotFound to a HEAD", () => {
    expect(s3.serve([], { op: "GET", by: "X", key: "k" }).answer).toEqual({ status: 404, code: "NoSuchKey" });
    expect(s3.serve([], { op: "HEAD", by: "X", key: "k" }).answer).toEqual({ status: 404, code: "NotFound" });
  });
});

describe("arrival-ordered", () => {
  const s3 = createSimulatedS3({ order: "arrival-ordered" });

  test("lists a write that arrived first as the older one, even if it commits last, and shows it only then", () => {
    const a = arriving(s3, [], put("A"));
    const b = arriving(s3, a.store, put("B"));
    const onlyB = s3.serve(b.store, put("B"), b.place).store;
    expect(idsListed(s3, onlyB)).toEqual(["B1"]);
    const both = s3.serve(onlyB, put("A"), a.place).store;
    expect(idsListed(s3, both)).toEqual(["B1", "A1"]);
    expect(s3.serve(both, { op: "GET", by: "X", key: "k" }).answer).toMatchObject({ body: "B" });
  });

  test("evaluates a condition at the commit, and forgets a write that it refuses", () => {
    const issued = s3.serve([], put("I"));
    const ifMatch = issued.answer.status === 200 ? issued.answer.version!.etag : "";
    const a = arriving(s3, issued.store, put("A", { ifMatch }));
    const b = arriving(s3, a.store, put("B", { ifMatch }));
    const afterB = s3.serve(b.store, put("B", { ifMatch }), b.place);
    expect(afterB.answer.status).toBe(200);
    const afterA = s3.serve(afterB.store, put("A", { ifMatch }), a.place);
    expect(afterA.answer.status).toBe(412);
    expect(idsListed(s3, afterA.store)).toEqual(["B1", "I1"]);
  });
});

test("arrival-checked evaluates a condition on arrival and not again", () => {
  const s3 = createSimulatedS3({ order: "arrival-checked" });
  const issued = s3.serve([], put("I"));
  const ifMatch = issued.answer.status === 200 ? issued.answer.version!.etag : "";
  const a = arriving(s3, issued.store, put("A", { ifMatch }));
  const b = arriving(s3, a.store, put("B", { ifMatch }));
  const afterB = s3.serve(b.store, put("B", { ifMatch }), b.place);
  expect(s3.serve(afterB.store, put("A", { ifMatch }), a.place).answer.status).toBe(200);
  expect(s3.arrive(afterB.store, put("C", { ifMatch }))).toMatchObject({ answer: { status: 412 } });
});

test("an encrypted bucket reports encryption, and gives the same bytes another ETag each time", () => {
  const s3 = createSimulatedS3({ order: "linearizable", encrypted: true });
  const first = s3.serve([], put("A"));
  const second = s3.serve(first.store, put("A"));
  expect(first.answer).toMatchObject({ status: 200, encrypted: true });
  expect(new Set(second.store.map(({ etag }) => etag)).size).toBe(2);
});

test("a paged list continues where the previous page ended", () => {
  const s3 = createSimulatedS3({ order: "linearizable", pageSize: 1 });
  const { store } = s3.serve(s3.serve([], put("A")).store, put("B"));
  expect(s3.serve(store, list).answer).toMatchObject({ versions: [{ id: "B1" }], more: true });
  expect(s3.serve(store, { ...list, after: "B1" } as S3Request).answer).toMatchObject({
    versions: [{ id: "A1" }],
    more: false,
  });
});

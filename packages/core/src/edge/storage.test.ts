import { describe, expect, test } from "vitest";

import type { HeaderField } from "../ports/header-field.ts";
import { randomIds } from "../ports/ids.ts";
import type { PresignRequest } from "../ports/presigner.ts";
import { createInMemoryIndex, createInMemoryPresigner, createManualClock } from "../testing/index.ts";
import { createTicketIssuer } from "../ticket/ticket-issuer.ts";
import { TAG_PARAMETER } from "../url/canonical-request.ts";
import { createEdgeKeys } from "../url/edge-keys.ts";
import { type StorageRules, storageHeaders } from "../url/storage-headers.ts";
import { createClaimer } from "./claim.ts";
import { createIssuer } from "./issue.ts";
import { readSignedUrl } from "./signed-url.ts";

const EDGE_URL = "https://edge.example";
const KEY_ARN = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const RULES: StorageRules = {
  encryption: { type: "aws:kms", keyArn: KEY_ARN },
  tags: { team: "a b", "scan:state": "" },
};
const HEADERS = {
  "x-amz-server-side-encryption": "aws:kms",
  "x-amz-server-side-encryption-aws-kms-key-id": KEY_ARN,
  "x-amz-tagging": "team=a%20b&scan%3Astate=",
};

/** An edge with rules of storage, where URLs are issued of either kind; `now` are the rules when a URL is used. */
function createEdge(kind: "presigned URL" | "ticket", rules: StorageRules = RULES, now = rules) {
  const clock = createManualClock(new Date("2026-01-01T00:00:00Z"));
  const common = { index: createInMemoryIndex(), clock, ids: randomIds };
  const keys = createEdgeKeys([{ id: "k1", secret: new Uint8Array(32).fill(1) }]);
  const presigner = createInMemoryPresigner();
  const signed: PresignRequest[] = [];
  const recording = { presign: (request: PresignRequest) => (signed.push(request), presigner.presign(request)) };
  const issuer =
    kind === "ticket"
      ? createTicketIssuer({ ...common, keys })
      : createIssuer({ ...common, keys, presigner: recording, storage: storageHeaders(rules) });
  const terms = { keyPrefix: "uploads/", maxLifeSeconds: 3_600 };
  const tickets = { keys, presigner: recording, terms, maxBytes: 1_000, storage: storageHeaders(now) };
  const claimer = createClaimer({ ...common, keys, tickets });
  return {
    async issue(headers: readonly HeaderField[] = []) {
      const outcome = await issuer.issue({ baseUrl: EDGE_URL, expiresInSeconds: 900, headers });
      if (outcome.status !== "issued") throw new Error("not issued");
      return outcome.grant;
    },
    send(url: string, headers: Readonly<Record<string, string>> = {}) {
      const [path = "", query = ""] = url.slice(EDGE_URL.length).split("?");
      const sent = Object.entries({ "content-length": "5", ...headers });
      return claimer.claim({ method: "PUT", path, query, headers: sent });
    },
    /** What the request to S3 signs, with which values. */
    signed: () => Object.fromEntries(signed.at(-1)?.headers ?? []),
    keys,
  };
}

describe.each(["presigned URL", "ticket"] as const)("with a %s", (kind) => {
  test("encryption and tags are signed, and the edge adds them, so that no client has to send them", async () => {
    const edge = createEdge(kind);
    const grant = await edge.issue();
    expect(grant.headers).toEqual({});
    const decision = await edge.send(grant.url);
    if (decision.status !== "accepted") throw new Error("refused");
    expect(edge.signed()).toMatchObject(HEADERS);
    expect(Object.fromEntries(decision.headers)).toMatchObject(HEADERS);
  });

  test.each([
    ["x-amz-server-side-encryption", "AES256"],
    ["x-amz-server-side-encryption", "aws:kms"],
    ["x-amz-server-side-encryption-aws-kms-key-id", KEY_ARN.replace("1234abcd", "00000000")],
    ["x-amz-server-side-encryption-context", "e30="],
    ["x-amz-tagging", "team=mine"],
  ])("a client that sends %s: %s is refused before the claim", async (name, value) => {
    const edge = createEdge(kind);
    const { url } = await edge.issue();
    expect(await edge.send(url, { [name]: value })).toMatchObject({ status: "refused", reason: "header-refused" });
    expect(await edge.send(url)).toMatchObject({ status: "accepted" });
  });

  test("without rules nothing is signed and nothing is added", async () => {
    const edge = createEdge(kind, {});
    const decision = await edge.send((await edge.issue()).url);
    if (decision.status !== "accepted") throw new Error("refused");
    for (const name of Object.keys(HEADERS)) {
      expect(edge.signed()).not.toHaveProperty(name);
      expect(Object.fromEntries(decision.headers)).not.toHaveProperty(name);
    }
  });
});

test("a presigned URL keeps the rules that it was issued with, a ticket has those of the time when it is used", async () => {
  const later: StorageRules = { encryption: { type: "AES256" } };
  for (const [kind, expected] of [
    ["presigned URL", "aws:kms"],
    ["ticket", "AES256"],
  ] as const) {
    const edge = createEdge(kind, RULES, later);
    const decision = await edge.send((await edge.issue()).url);
    if (decision.status !== "accepted") throw new Error("refused");
    expect(Object.fromEntries(decision.headers)["x-amz-server-side-encryption"]).toBe(expected);
    expect(edge.signed()).toMatchObject({ "x-amz-server-side-encryption": expected });
  }
});

test.each([
  ["does not show", /&x-once-x-amz-tagging=[^&]*/, ""],
  ["cannot be sent", /(?<=&x-once-x-amz-tagging=)[^&]*/, "a%0D%0Ab"],
])("a URL that signs a storage header with a value that it %s is refused before the claim", async (_, of, by) => {
  const edge = createEdge("presigned URL");
  const altered = (await edge.issue()).url.replace(of, by).replace(/&x-once-tag=.*/, "");
  const [path = "", query = ""] = altered.slice(EDGE_URL.length).split("?");
  const read = readSignedUrl("PUT", path, query);
  if ("malformed" in read) throw new Error(read.malformed);
  const tagged = `${altered}&${TAG_PARAMETER}=${await edge.keys.tag(read.canonical)}`;
  expect(await edge.send(tagged)).toMatchObject({ status: "refused", reason: "header-refused" });
});

test.each(["presigned URL", "ticket"] as const)("no request for a %s binds a header of the settings", async (kind) => {
  for (const name of Object.keys(HEADERS))
    await expect(createEdge(kind, {}).issue([[name, "AES256"]])).rejects.toMatchObject({ code: "ARGUMENT_INVALID" });
});

test("the head of a request is measured with what the settings add", async () => {
  const many = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`${i}`.repeat(128), "x".repeat(256)]));
  await expect(createEdge("presigned URL", { tags: many }).issue()).rejects.toThrow(/longer than 7168 bytes together/);
  const edge = createEdge("ticket", { tags: many });
  const { url } = await edge.issue();
  const long = { "content-disposition": "x".repeat(1_700), "user-agent": "x".repeat(1_500) };
  expect(await edge.send(url, long)).toMatchObject({
    reason: "header-refused",
    message: expect.stringContaining("longer than 7168"),
  });
});

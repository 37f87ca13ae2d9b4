import { describe, expect, test } from "vitest";

import { createClaimer } from "../edge/claim.ts";
import { createDownloader } from "../edge/download.ts";
import { createIssuer } from "../edge/issue.ts";
import { createRelayClaimer } from "../relay/relay-claimer.ts";
import {
  createInMemoryIndex,
  createInMemoryPresigner,
  createInMemoryStore,
  createManualClock,
  createSequentialIds,
} from "../testing/index.ts";
import { canonicalQuery, canonicalRequest, parseQuery } from "../url/canonical-request.ts";
import { createEdgeKeys, type KeyAllowance } from "../url/edge-keys.ts";
import { createDownloadIssuer } from "./download-issuer.ts";
import { createTicketIssuer } from "./ticket-issuer.ts";

const SECRET = new Uint8Array(32).fill(1);
const EDGE_URL = "https://edge.example";
const HEADERS = [["content-length", "5"]] as const;
const LIFE = 900;
const TENANT: KeyAllowance = { uploads: ["uploads/tenant-7/"], downloads: ["uploads/tenant-7/", "uploads/shared/"] };

/** Everything that takes URLs where a key is limited, and issuers of somebody who has the key without the limit. */
function createPlace(allows: KeyAllowance | undefined) {
  const clock = createManualClock(new Date("2026-01-01T00:00:00Z"));
  const ids = createSequentialIds();
  const presigner = createInMemoryPresigner();
  const index = createInMemoryIndex(createInMemoryStore(), undefined, clock);
  const keys = createEdgeKeys([{ id: "k1", secret: SECRET, allows }]);
  const common = { index, keys: createEdgeKeys([{ id: "k1", secret: SECRET }]), clock, ids };
  const limited = { index, keys, clock, ids };
  const terms = { keyPrefix: "uploads/", maxLifeSeconds: LIFE };
  const edge = createClaimer({ ...limited, tickets: { keys, presigner, terms, maxBytes: 10 } });
  const downloader = createDownloader({ ...limited, terms, presigner, leaseSeconds: 60 });
  const relay = createRelayClaimer({ ...limited, limits: { maxDeclaredBytes: 10, maxUndeclaredBytes: 10 } });

  async function urlOf(issuer: { issue(request: never): Promise<unknown> }, request: object): Promise<string> {
    const outcome = await issuer.issue({ baseUrl: EDGE_URL, expiresInSeconds: LIFE, ...request } as never);
    return (outcome as { grant: { url: string } }).grant.url.slice(EDGE_URL.length);
  }
  return {
    issuers: {
      presigned: createIssuer({ ...limited, presigner }),
      ticket: createTicketIssuer(limited),
      download: createDownloadIssuer(limited),
    },
    async presigned(folder: string) {
      const [path = "", query = ""] = (await urlOf(createIssuer({ ...common, presigner }), { folder })).split("?");
      return edge.claim({ method: "PUT", path, query, headers: [...HEADERS] });
    },
    /** Of a client that has the key, and S3 credentials of its own: any path, tagged. */
    async presignedPath(path: string) {
      const [, query = ""] = (await urlOf(createIssuer({ ...common, presigner }), {})).split("?");
      const untagged = canonicalQuery(parseQuery(query) ?? []);
      const tag = await common.keys.tag(canonicalRequest("PUT", path, untagged));
      return edge.claim({ method: "PUT", path, query: `${untagged}&x-once-tag=${tag}`, headers: [...HEADERS] });
    },
    async ticket(folder: string) {
      const path = await urlOf(createTicketIssuer(common), { folder });
      return edge.claim({ method: "PUT", path, query: "", headers: [...HEADERS] });
    },
    async relayed(folder: string) {
      const token = (await urlOf(createTicketIssuer(common), { folder })).slice("/u/".length);
      return relay.claim({ method: "PUT", token, headers: [...HEADERS] });
    },
    async download(folder: string) {
      const path = await urlOf(createDownloadIssuer(common), { key: `uploads/${folder}a.pdf` });
      return downloader.decide({ method: "GET", path, query: "", headers: [] });
    },
  };
}

const REFUSED = expect.objectContaining({ status: "refused", reason: "not-issued" });
const ACCEPTED = expect.objectContaining({ status: "accepted" });
const SHOWN = expect.objectContaining({ status: "shown" });
const UPLOADS = ["presigned", "ticket", "relayed"] as const;

describe("an edge key that allows folders", () => {
  test.each(UPLOADS)("takes uploads to them and refuses all others before the claim: %s", async (kind) => {
    const place = createPlace(TENANT);
    expect(await place[kind]("tenant-7/")).toEqual(ACCEPTED);
    expect(await place[kind]("tenant-7/a/")).toEqual(ACCEPTED);
    for (const folder of ["tenant-8/", "shared/", "tenant-70/", ""]) expect(await place[kind](folder)).toEqual(REFUSED);
  });

  test("compares the decoded path of a presigned URL, and refuses what a server may read as another path", async () => {
    const place = createPlace(TENANT);
    for (const path of ["/uploads/tenant-7/a", "/uploads/tenant%2D7/b", "/uploads/tenant-7%2Fa%20b"])
      expect(await place.presignedPath(path)).toMatchObject({ reason: "unknown" }); // the index was asked
    const rests = [
      "../tenant-8/a",
      "%2e%2e/tenant-8/a",
      "a/.%2E/b",
      "%2e/a",
      "..%5Ctenant-8%5Ca",
      "..\\a",
      "/a",
      "%00",
    ];
    for (const rest of [...rests, "", "%2Fa"])
      expect(await place.presignedPath(`/uploads/tenant-7/${rest}`)).toEqual(REFUSED);
    expect(await place.presignedPath("/uploads/tenant-7/%ff")).toMatchObject({
      status: "refused",
      reason: "malformed",
    });
  });

  test("takes download links to those for downloads", async () => {
    const place = createPlace(TENANT);
    for (const folder of ["tenant-7/", "shared/"]) expect(await place.download(folder)).toEqual(SHOWN);
    for (const folder of ["tenant-8/", ""]) expect(await place.download(folder)).toEqual(REFUSED);
  });

  test("makes no URL for others", async () => {
    const { presigned, ticket, download } = createPlace(TENANT).issuers;
    const asked = { baseUrl: EDGE_URL, expiresInSeconds: LIFE };
    for (const issuer of [presigned, ticket])
      await expect(issuer.issue({ ...asked, folder: "tenant-8/" })).rejects.toMatchObject({
        code: "ARGUMENT_INVALID",
        message: "folder: expected one that the edge key which signs allows",
      });
    await expect(download.issue({ ...asked, key: "uploads/tenant-8/a.pdf" })).rejects.toMatchObject({
      code: "ARGUMENT_INVALID",
      message: "key: expected one that the edge key which signs allows",
    });
  });
});

test("what is left out is not allowed at all", async () => {
  const uploads = createPlace({ uploads: ["uploads/"] });
  for (const kind of UPLOADS) expect(await uploads[kind]("a/")).toEqual(ACCEPTED);
  expect(await uploads.download("a/")).toEqual(REFUSED);
  const downloads = createPlace({ downloads: ["uploads/"] });
  for (const kind of UPLOADS) expect(await downloads[kind]("a/")).toEqual(REFUSED);
  expect(await downloads.download("a/")).toEqual(SHOWN);
});

test("a key without allowance is for everything", async () => {
  const place = createPlace(undefined);
  for (const kind of UPLOADS) expect(await place[kind]("a/")).toEqual(ACCEPTED);
  expect(await place.download("a/")).toEqual(SHOWN);
});

import { createLeanPresigner } from "@presign-once/adapter-s3";
import {
  type ClaimDecision,
  createClaimer,
  createDownloader,
  createDownloadIssuer,
  createEdgeKeys,
  createIssuer,
  createTicketIssuer,
  type DownloadDecision,
  randomIds,
} from "@presign-once/core";
import { createInMemoryIndex, createManualClock } from "@presign-once/core/testing";
import { expect, test } from "vitest";

import { findAuthFault } from "../support/fronts/s3/authentication.ts";
import { parametersOf, readHead } from "../support/fronts/s3/request-head.ts";

const REGION = "eu-central-1";
const HOST = `uploads-bucket.s3.${REGION}.amazonaws.com`;
const EDGE_URL = "https://edge.example";
const HOUR = 3_600;
const THREE_DAYS = 72 * HOUR;

/** An edge whose functions have a role, and S3 as far as it looks at signatures; all of them with one clock. */
function createEdgeWithRole() {
  const clock = createManualClock();
  const sessions: { accessKeyId: string; secretAccessKey: string; sessionToken: string; expiration: Date }[] = [];
  /** The credentials of the role, for an hour each. */
  const credentials = async () => {
    const current = sessions.at(-1);
    if (current !== undefined && clock.now() < current.expiration) return current;
    const n = sessions.length;
    const expiration = new Date(clock.now().getTime() + HOUR * 1_000);
    const next = { accessKeyId: `ASIA${n}`, secretAccessKey: `secret ${n}`, sessionToken: `token/+${n}`, expiration };
    sessions.push(next);
    return next;
  };
  const presigner = createLeanPresigner({ access: { region: REGION, credentials }, bucket: "uploads-bucket" });
  const [index, keys, ids] = [
    createInMemoryIndex(undefined, undefined, clock),
    createEdgeKeys([{ id: "k1", secret: new Uint8Array(32) }]),
    randomIds,
  ];
  const parts = { index, keys, ids, clock, presigner };
  const terms = { keyPrefix: "uploads/", maxLifeSeconds: THREE_DAYS };

  /** What S3 says of a request that the edge has passed on: `accepted`, or the code of its error. */
  function askS3(method: string, decision: ClaimDecision | DownloadDecision, sent: readonly string[] = []): string {
    if (decision.status !== "accepted") return `${decision.status} by the edge`;
    const { path, query, headers } = decision;
    const head = readHead(method, `${path}?${query}`, ["host", HOST, ...sent, ...headers.flat()]);
    const parameters = parametersOf(head);
    const session = sessions.find(({ accessKeyId }) =>
      parameters.get("X-Amz-Credential")?.startsWith(`${accessKeyId}/`),
    );
    if (session === undefined) return "InvalidAccessKeyId";
    const fault = findAuthFault(head, { region: REGION, credentials: session }, clock.now().getTime());
    if (fault !== undefined) return fault.code;
    if (parameters.get("X-Amz-Security-Token") !== session.sessionToken) return "InvalidToken";
    // https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList
    return clock.now() < session.expiration ? "accepted" : "ExpiredToken";
  }
  const claimer = createClaimer({ ...parts, tickets: { ...parts, terms, maxBytes: 1_000 } });
  const downloader = createDownloader({ ...parts, terms, leaseSeconds: HOUR });
  return {
    ...{ clock, sessions },
    presigned: createIssuer(parts),
    tickets: createTicketIssuer({ ...parts, maxLifeSeconds: THREE_DAYS }),
    links: createDownloadIssuer({ ...parts, maxLifeSeconds: THREE_DAYS }),
    async upload(url: string): Promise<string> {
      const { pathname: path, search } = new URL(url);
      const length = ["content-length", "5"] as const;
      const request = { method: "PUT", path, query: search.slice(1), headers: [length] };
      const decision = await claimer.claim(request);
      const isNamed = decision.status === "accepted" && decision.headers.some(([name]) => name === length[0]);
      return askS3("PUT", decision, isNamed ? [] : length);
    },
    async download(url: string): Promise<string> {
      const path = new URL(url).pathname;
      const pressed = await downloader.decide({ method: "POST", path, query: "", headers: [] });
      if (pressed.status !== "pass") return pressed.status;
      return askS3("GET", await downloader.decide({ method: "GET", path, query: pressed.query, headers: [] }));
    },
  };
}

/** What was issued. */
async function urlOf(outcome: Promise<{ readonly status: string; readonly grant?: { readonly url: string } }>) {
  const { status, grant } = await outcome;
  if (grant === undefined) throw new Error(status);
  return grant.url;
}

test("tickets of three days are good until their end, whose credentials ended after an hour; a presigned URL is not", async () => {
  const edge = createEdgeWithRole();
  const asked = { baseUrl: EDGE_URL, expiresInSeconds: THREE_DAYS };
  const link = () => urlOf(edge.links.issue({ ...asked, key: "uploads/a.pdf" }));
  const made = async () => ({
    presigned: await urlOf(edge.presigned.issue(asked)),
    ticket: await urlOf(edge.tickets.issue(asked)),
    link: await link(),
  });
  const [early, late, later] = [await made(), await made(), await made()];
  expect(edge.sessions).toHaveLength(1); // of the presigned URLs; nothing was signed for the tickets

  edge.clock.advance(HOUR - 1);
  expect([await edge.upload(early.presigned), await edge.upload(early.ticket)]).toEqual(["accepted", "accepted"]);
  expect(await edge.download(early.link)).toBe("accepted");

  edge.clock.advance(1);
  expect(await edge.upload(late.presigned)).toBe("ExpiredToken");
  edge.clock.advance(THREE_DAYS - HOUR - 1);
  expect(await edge.upload(later.presigned)).toBe("ExpiredToken");
  expect([await edge.upload(late.ticket), await edge.download(late.link)]).toEqual(["accepted", "accepted"]);
  expect(edge.sessions).toHaveLength(2);

  edge.clock.advance(1);
  expect([await edge.upload(later.ticket), await edge.download(later.link)]).toEqual([
    "refused by the edge",
    "refused",
  ]);
});

test("a presigned URL tells that it ends with the credentials, a ticket that it does not", async () => {
  const edge = createEdgeWithRole();
  const asked = { baseUrl: EDGE_URL, expiresInSeconds: THREE_DAYS };
  const lifeOf = async (issuing: ReturnType<typeof edge.tickets.issue>) => {
    const outcome = await issuing;
    if (outcome.status !== "issued") throw new Error(outcome.status);
    return (outcome.grant.expiresAt.getTime() - edge.clock.now().getTime()) / 1_000;
  };
  expect(await lifeOf(edge.presigned.issue(asked))).toBe(HOUR);
  expect(await lifeOf(edge.tickets.issue(asked))).toBe(THREE_DAYS);
});

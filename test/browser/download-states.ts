import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { createDownloadHandler } from "@presign-once/adapter-fetch";
import { createNodeListener } from "@presign-once/adapter-fetch/node";
import {
  type ClaimOutcome,
  createDownloadIssuer,
  createEdgeKeys,
  type DownloadRequest,
  type InspectOutcome,
  PresignOnceError,
  randomIds,
  type SignatureIndex,
  type SourceOutcome,
} from "@presign-once/core";
import { createInMemoryIndex, createManualClock } from "@presign-once/core/testing";

/** A state of the download page. */
export interface DownloadState {
  readonly name: string;
  /** Of the page, as a person reads them. */
  readonly heading: string;
  readonly text: string;
  readonly hasButton?: "Download" | "Try again";
  /** What happens to a link that was just made. */
  readonly given?: Given;
  /** Changes of the link, beside its key. */
  readonly link?: Partial<DownloadRequest>;
  /** What is opened instead of the link itself. */
  readonly opened?: "with a pass" | "after its use" | "changed" | "cut off";
}

/** What index, store and time do from now on. */
interface Given {
  readonly claim?: ClaimOutcome;
  readonly inspect?: InspectOutcome;
  readonly file?: SourceOutcome;
  readonly secondsLater?: number;
}

const NAME = "Quarterly figures, final (2).pdf";
const LATER = "This request did not use the link up.";
const WORKS_ONCE = "This link works once, until 2026-12-01 12:15 UTC. Opening this page does not use it.";
const LONGEST = `${"Protocol of the meeting about the budget of the year ".repeat(4)}.tar.gz`;
const INVALID = "This link may be cut off or changed. Open it again from where you got it, or ask for a new one.";
const planted = new Error("planted");
const undecided = { status: "indeterminate", mayHaveLanded: true, cause: planted } as const;
const failed = { status: "failed", cause: planted } as const;
const over = "This link no longer works";
const invalid = "This link does not work";
const unsent = "The file was not sent";

/** Every state of the page that a person can come to. */
export const DOWNLOAD_STATES: readonly DownloadState[] = [
  { name: "unused", heading: NAME, text: WORKS_ONCE, hasButton: "Download" },
  {
    ...{ name: "unused-long-name", link: { fileName: LONGEST }, hasButton: "Download", text: WORKS_ONCE },
    heading: `${LONGEST.slice(0, 69)}…${LONGEST.slice(-30)}`,
  },
  {
    ...{ name: "unused-right-to-left", link: { fileName: "تقرير المبيعات (2).pdf" }, hasButton: "Download" },
    ...{ heading: "تقرير المبيعات (2).pdf", text: WORKS_ONCE },
  },
  {
    ...{ name: "used", opened: "after its use", heading: over },
    text: "This link was used before, and works only once. Ask for a new one.",
  },
  {
    ...{ name: "expired", given: { secondsLater: 900 }, heading: over },
    text: "This link has expired. Ask for a new one.",
  },
  {
    ...{ name: "revoked", given: { inspect: { status: "revoked", at: new Date(0) } }, heading: over },
    text: "This link was taken back. Ask for a new one.",
  },
  { name: "changed", opened: "changed", heading: invalid, text: INVALID },
  { name: "cut-off", opened: "cut off", heading: invalid, text: INVALID },
  {
    ...{
      name: "undecided",
      given: { claim: undecided },
      opened: "with a pass",
      heading: unsent,
      hasButton: "Try again",
    },
    text: "It is not known yet whether this link is used up, so nothing was sent. Try again in a moment.",
  },
  {
    ...{ name: "unavailable", given: { inspect: { status: "indeterminate", cause: planted } }, heading: unsent },
    ...{ text: `The file cannot be sent at the moment. ${LATER} Try again in a moment.`, hasButton: "Try again" },
  },
  {
    name: "fault",
    given: { inspect: { status: "indeterminate", cause: new PresignOnceError("STORE_REFUSED", "planted") } },
    heading: unsent,
    text:
      `The file cannot be sent because of a fault of this service. ${LATER} ` +
      "Tell the person who gave you the link: the operator's log says what is wrong.",
  },
  {
    ...{ name: "missing", given: { file: { status: "missing" } }, opened: "with a pass", heading: unsent },
    text: "There is no file under this link: it was removed, or was not uploaded yet. The link is used up. Ask for a new one.",
  },
  {
    ...{ name: "failed", given: { file: failed }, opened: "with a pass", heading: unsent, hasButton: "Try again" },
    text: "The store did not send the file. It is kept for you: try again in a moment, at the same address.",
  },
  {
    ...{ name: "lost", given: { file: failed }, link: { retries: "none" }, opened: "with a pass", heading: unsent },
    text: "The store did not send the file, and this link is used up. Ask for a new one.",
  },
];

/** Serves download links that come into any state. */
export async function serveStates(whenDone: (undo: () => void) => void) {
  const clock = createManualClock(new Date("2026-12-01T12:00:00Z"));
  const memory = createInMemoryIndex(undefined, undefined, clock);
  const keys = createEdgeKeys([{ id: "k1", secret: new Uint8Array(32) }]);
  let now: Given = {};
  const index: SignatureIndex = {
    ...memory,
    claim: async (hash, claimant) => now.claim ?? memory.claim(hash, claimant),
    inspect: async (hash) => now.inspect ?? memory.inspect(hash),
  };
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield Buffer.from("the file");
  }
  const found = () => ({
    ...({ status: "found", bytes: 8, etag: undefined, contentRange: undefined } as const),
    ...{ chunks: chunks(), close: () => {} },
  });
  const source = { open: async () => now.file ?? found() };
  const handler = createDownloadHandler({ index, keys, source, clock, writeLine: () => {} });
  const server = createServer((req, res) => createNodeListener(handler, { baseUrl: baseUrl })(req, res));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  whenDone(() => {
    server.closeAllConnections();
    server.close();
  });
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const issuer = createDownloadIssuer({ index: memory, keys, clock, ids: randomIds });

  return {
    /** What index, store and time do from now on. */
    become(given: Given) {
      now = given;
      clock.advance(given.secondsLater ?? 0);
    },
    /** Makes a link that was just issued. @returns its URL, or that of the state */
    async urlOf({ link = {}, given = {}, opened }: Omit<DownloadState, "heading" | "text" | "name">): Promise<string> {
      now = {};
      const key = "uploads/a";
      const outcome = await issuer.issue({ baseUrl, key, expiresInSeconds: 900, fileName: NAME, ...link });
      if (outcome.status !== "issued") throw new Error(outcome.status);
      const { url } = outcome.grant;
      const pass = async () => {
        const answer = await fetch(url, { method: "POST", redirect: "manual" });
        return new URL(answer.headers.get("location") ?? "", url).href;
      };
      if (opened === "after its use") await (await fetch(await pass())).text();
      const place = opened === "with a pass" ? await pass() : url;
      this.become(given);
      if (opened === "cut off") return url.slice(0, -10);
      return opened === "changed" ? url.replace(/.$/, (digit) => (digit === "0" ? "1" : "0")) : place;
    },
  };
}

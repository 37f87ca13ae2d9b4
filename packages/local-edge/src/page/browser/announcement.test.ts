import { expect, test } from "vitest";

import { announcementOf } from "./announcement.ts";
import { newRow, nextRow, type Row, type RowEvent } from "./row.ts";

const GRANT = { url: "http://edge/uploads/1?s", key: "uploads/1", expiresAt: "2026-01-01T00:00:00Z" };

/** What is said of each event in turn. */
function saidOf(events: readonly RowEvent[], isAlone = true): (string | undefined)[] {
  let row: Row = newRow(1, { name: "a.txt", size: 100 });
  return events.map((event) => {
    const before = row;
    row = nextRow(row, event);
    return announcementOf(before, row, event, isAlone);
  });
}

const sent = (sentBytes: number): RowEvent => ({
  type: "progressed",
  progress: { sentBytes, totalBytes: 100, bytesPerSecond: 1, secondsLeft: 1 },
  at: 0,
});
const refused: RowEvent = { type: "failed", refusal: { code: "UrlAlreadyUsed", message: "m", status: 403 } };
const again: RowEvent = { type: "started", withNewUrl: false, at: 0 };

test("says the outcome of each upload, with the name of the file", () => {
  const said = saidOf([
    { type: "started", withNewUrl: true, at: 0 },
    { type: "granted", grant: GRANT, at: 0 },
    { type: "lost", attempt: 1, of: 3 },
    { type: "stored" },
    again,
    refused,
    again,
    refused,
  ]);
  expect(said).toEqual([
    "Uploading a.txt",
    undefined,
    "a.txt: Connection lost, trying again (1 of 3)",
    expect.stringMatching(/^a\.txt: stored\. /),
    "Sending a.txt again to the same URL",
    expect.stringMatching(/^a\.txt: refused\. /),
    "Sending a.txt again to the same URL",
    expect.stringMatching(/^a\.txt: refused 2 times\. /),
  ]);
});

test("says each quarter once, and nothing of it while other files are under way", () => {
  const steps = [sent(10), sent(30), sent(40), sent(80), sent(100)];
  expect(saidOf(steps)).toEqual([undefined, "a.txt: 25 percent sent", undefined, "a.txt: 75 percent sent", undefined]);
  expect(saidOf(steps, false)).toEqual(steps.map(() => undefined));
});

test("says nothing of a link that came too late", () => {
  expect(saidOf([{ type: "link-issued", key: "uploads/9", url: "http://edge/d/1", isCopied: true }])).toEqual([
    undefined,
  ]);
});

import { expect, test } from "vitest";

import { buttonsOf } from "./row-buttons.ts";
import { statusOf } from "./row-text.ts";
import { newRow, nextRow, type Row, type RowEvent } from "./row.ts";

const GRANT = { url: "http://edge/uploads/1?s", key: "uploads/1", expiresAt: "2026-01-01T00:00:00Z" };
const OTHER = { url: "http://edge/uploads/2?s", key: "uploads/2", expiresAt: "2026-01-01T00:00:00Z" };
const PROGRESS = { sentBytes: 250, totalBytes: 1_000, bytesPerSecond: 1_250, secondsLeft: 3 };

const started: RowEvent = { type: "started", withNewUrl: true, at: 0 };
const again: RowEvent = { type: "started", withNewUrl: false, at: 0 };
const granted: RowEvent = { type: "granted", grant: GRANT, at: 0 };
const progressed: RowEvent = { type: "progressed", progress: PROGRESS, at: 1_000 };
const lost: RowEvent = { type: "lost", attempt: 2, of: 3 };
const stored: RowEvent = { type: "stored" };
const failed = (code: string, status?: number): RowEvent => ({
  type: "failed",
  refusal: { code, message: "m", status },
});
const linked: RowEvent = { type: "link-issued", key: GRANT.key, url: "http://edge/d/1", isCopied: true };

const after = (...events: readonly RowEvent[]): Row => events.reduce(nextRow, newRow(1, { name: "a", size: 1_000 }));
const textOf = (row: Row, now = 1_000) => statusOf(row, now).text;

test.each<[text: string, events: readonly RowEvent[], buttons: readonly string[]]>([
  ["Waiting for the other files", [{ type: "queued" }], ["cancel"]],
  ["Asking for a URL", [started], ["cancel"]],
  ["0 bytes of 1 kB", [started, granted], ["cancel"]],
  ["250 bytes of 1 kB", [started, granted, progressed], ["cancel"]],
  ["Connection lost, trying again (2 of 3)", [started, granted, progressed, lost], ["cancel"]],
  ["250 bytes of 1 kB", [started, granted, lost, progressed], ["cancel"]],
  ["Stored", [started, granted, stored], ["again", "share"]],
  ["0 bytes of 1 kB", [started, granted, stored, again], ["again", "share", "cancel"]],
  ["Stored", [started, granted, stored, again, failed("UrlAlreadyUsed", 403)], ["again", "share"]],
  ["Stored", [started, granted, stored, again, failed("FileUnreadable")], ["share"]],
  ["Not stored: no URL", [started, failed("Unauthorized", 401)], ["retry"]],
  ["Not stored: cancelled", [started, granted, failed("Aborted")], ["retry", "again"]],
  ["Not stored: not uploaded", [started, failed("FileUnreadable")], []],
])("says %j after %j, with buttons %j", (text, events, buttons) => {
  const row = after(...events);
  expect(textOf(row)).toBe(text);
  expect(buttonsOf(row, true).shown).toEqual(buttons);
});

test("shows no figures and no speed while the connection is lost", () => {
  expect(statusOf(after(started, granted, progressed, lost), 9_000)).toMatchObject({
    pace: "",
    share: 0,
    tone: "lost",
  });
});

test("calls figures old when nothing was sent for five seconds, but not while an answer is due", () => {
  const row = after(started, granted, progressed);
  expect(statusOf(row, 5_999)).toMatchObject({ text: "250 bytes of 1 kB", pace: "1.25 kB/s, 3 s left" });
  expect(statusOf(row, 6_000)).toMatchObject({ text: "No data sent for 5 s", pace: "", tone: "lost" });
  const whole = nextRow(row, { type: "progressed", progress: { ...PROGRESS, sentBytes: 1_000 }, at: 1_000 });
  expect(textOf(whole, 60_000)).toBe("Waiting for the answer");
});

test("a new URL replaces the old one and its link, and keeps what happened before", () => {
  const row = after(started, granted, failed("Aborted"), started, { type: "granted", grant: OTHER, at: 0 });
  expect(row).toMatchObject({ grant: OTHER, link: { status: "none" }, isAgain: false });
  expect(row.calls.map(({ answer }) => answer)).toEqual(["200", "cancelled", "200"]);
});

test("a refused second upload takes neither the stored file nor its link away", () => {
  const row = after(started, granted, stored, linked, again, failed("UrlAlreadyUsed", 403));
  expect(row).toMatchObject({ isStored: true, link: { status: "issued", url: "http://edge/d/1" } });
});

test("a link of an earlier URL is never shown", () => {
  const row = after(started, granted, failed("Aborted"), started, { type: "granted", grant: OTHER, at: 0 });
  expect(nextRow(row, linked)).toBe(row);
  expect(nextRow(row, { type: "link-refused", key: GRANT.key, reason: "r" })).toBe(row);
});

test("an empty file waits for its answer, and divides nothing by nothing", () => {
  const row = [started, granted].reduce(nextRow, newRow(1, { name: "a", size: 0 }));
  expect(statusOf(row, 0)).toMatchObject({ text: "Waiting for the answer", share: 0 });
});

test("has no button for links where none are on offer", () => {
  expect(buttonsOf(after(started, granted, stored), false)).toEqual({ shown: ["again"], main: "again" });
});

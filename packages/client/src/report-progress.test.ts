import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { reportProgress, type UploadProgress } from "./report-progress.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("limits 36,800 events in 4 seconds to 20 reports a second, and reports the end", () => {
  const reports: UploadProgress[] = [];
  const report = reportProgress(36_800, (progress) => void reports.push(progress));
  for (let sent = 1; sent <= 36_800; sent++) {
    report.sent(sent);
    if (sent % 9 === 0) vi.advanceTimersByTime(1);
  }
  report.end();
  expect(reports.length).toBeLessThanOrEqual(83);
  expect(reports.length).toBeGreaterThan(40);
  expect(reports.at(-1)).toMatchObject({ sentBytes: 36_800, totalBytes: 36_800, secondsLeft: 0 });
});

test("reports the end once, even without events, as under a service worker", () => {
  const reports: UploadProgress[] = [];
  const report = reportProgress(5, (progress) => void reports.push(progress));
  report.end(5);
  report.end(5);
  report.end();
  expect(reports.map(({ sentBytes }) => sentBytes)).toEqual([5]);
});

test("reports nothing after the end", () => {
  const onProgress = vi.fn();
  const report = reportProgress(10, onProgress);
  report.sent(1);
  report.sent(2);
  report.end();
  vi.advanceTimersByTime(1_000);
  expect(onProgress).toHaveBeenCalledTimes(2);
});

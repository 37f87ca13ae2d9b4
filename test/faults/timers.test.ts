import { expect, test } from "vitest";

import { startDeadline } from "../../packages/adapter-s3/src/s3/deadline.ts";

const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;

test("leaves no timer that keeps the process alive after a request is answered or fails", async () => {
  const deadline = startDeadline({ requestMs: 60_000, totalMs: 60_000 });
  const before = timers();
  expect(await deadline.run(async () => "answered")).toBe("answered");
  await expect(deadline.run(async () => Promise.reject(new Error("failed")))).rejects.toThrow("failed");
  expect(timers()).toBe(before);
});

import { expect, onTestFinished, test, vi } from "vitest";

import { answer, BUCKET, later, startFakeS3 } from "../test/fake-s3.ts";
import { patient } from "../test/transports.ts";
import { createLeanIndexS3 } from "./lean-index-s3.ts";

test("a connection that idled for more than 4 s is not used again, though another one was busy all the while", async () => {
  let release = (): void => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  const server = await startFakeS3({
    HeadObject: ({ key }) => (key === "slow" ? later(held, answer(200)) : answer(200)),
  });
  const s3 = createLeanIndexS3(server.access);
  const ask = (key: string) => s3.headObject({ bucket: BUCKET, key }, patient);
  const realNow = Date.now.bind(Date);
  let passedMs = 0;
  const now = vi.spyOn(Date, "now").mockImplementation(() => realNow() + passedMs);
  onTestFinished(() => now.mockRestore());

  const slow = ask("slow");
  await ask("quick");
  expect(server.connections).toBe(2);
  passedMs = 3_000;
  release();
  await slow;
  for (passedMs = 3_500; passedMs < 9_000; passedMs += 1_000) await ask("one at a time"); // by that of `slow`
  await expect.poll(() => server.openConnections, { timeout: 2_000 }).toBe(1); // soon: after 5 s the server closes them
  expect(server.connections).toBe(2);
  await Promise.all([ask("two"), ask("at once")]);
  expect(server.connections).toBe(3);
});

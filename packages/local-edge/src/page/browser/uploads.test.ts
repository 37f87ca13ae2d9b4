import { type sendOnce as sendOnceOf, UploadError, type UploadGrant, type UploadOptions } from "@presign-once/client";
import { expect, test, vi } from "vitest";

import type { RowEvent } from "./row.ts";
import { createUploads } from "./uploads.ts";

const FILE = new File(["hello"], "a.txt");
const GRANT: UploadGrant = {
  ...{ id: "g", url: "http://edge/uploads/1?s", method: "PUT", headers: {}, key: "uploads/1" },
  expiresAt: "2026-01-01T00:00:00Z",
};
const refused = new UploadError("UrlAlreadyUsed", "m", { status: 403 });

/** Uploads with a client that behaves as told, and what they told. */
function uploadsWith(upload: (options: UploadOptions) => Promise<UploadGrant>) {
  const told: [number, RowEvent["type"]][] = [];
  const sendOnce = vi.fn<typeof sendOnceOf>(() => Promise.reject(refused));
  const uploads = createUploads({
    upload: (_, options) => upload(options),
    sendOnce,
    tell: (id, { type }) => told.push([id, type]),
    now: () => 0,
  });
  return { uploads, told, sendOnce };
}

const stores = async (options: UploadOptions): Promise<UploadGrant> => {
  options.onGrant?.(GRANT);
  return GRANT;
};
const hangs = ({ signal }: UploadOptions): Promise<UploadGrant> =>
  new Promise((_, reject) => {
    const stop = (): void => reject(new UploadError("Aborted", "m"));
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop);
  });
const settled = () => new Promise((resolve) => setTimeout(resolve));

test("tells what happens to a file, and sends it again to the URL that was granted", async () => {
  const { uploads, told, sendOnce } = uploadsWith(stores);
  uploads.begin(1, FILE);
  await settled();
  uploads.sendAgain(1);
  await settled();
  expect(told.map(([, type]) => type)).toEqual(["queued", "started", "granted", "stored", "started", "failed"]);
  expect(sendOnce.mock.calls[0]?.slice(0, 2)).toEqual([FILE, GRANT]);
});

test("a URL that was granted can be tried again after a failed upload, and one of before cannot", async () => {
  const failures = [stores, () => Promise.reject(refused)];
  const { uploads, sendOnce } = uploadsWith(async (options) => {
    await failures.shift()?.(options);
    throw refused;
  });
  uploads.begin(1, FILE);
  await settled();
  uploads.sendAgain(1);
  await settled();
  expect(sendOnce).toHaveBeenCalledTimes(1);
  uploads.retry(1);
  await settled();
  uploads.sendAgain(1);
  expect(sendOnce).toHaveBeenCalledTimes(1);
});

test("ignores what is asked for while a file is in an upload", async () => {
  const { uploads, told } = uploadsWith(hangs);
  uploads.begin(1, FILE);
  await settled();
  uploads.retry(1);
  uploads.sendAgain(1);
  await settled();
  expect(told).toEqual([
    [1, "queued"],
    [1, "started"],
  ]);
});

test("uploads three files at once, and a cancelled one makes room", async () => {
  const { uploads, told } = uploadsWith(hangs);
  for (const id of [1, 2, 3, 4, 5]) uploads.begin(id, FILE);
  await settled();
  const started = () => told.filter(([, type]) => type === "started").map(([id]) => id);
  expect(started()).toEqual([1, 2, 3]);
  uploads.cancel(2);
  await settled();
  expect(started()).toEqual([1, 2, 3, 4]);
  expect(told).toContainEqual([2, "failed"]);
});

test("an error that is none of the client's is told as a refusal", async () => {
  const tell = vi.fn();
  const upload = () => Promise.reject(new TypeError("broken"));
  createUploads({ upload, sendOnce: async () => {}, tell, now: () => 0 }).begin(1, FILE);
  await settled();
  expect(tell).toHaveBeenLastCalledWith(1, {
    type: "failed",
    refusal: expect.objectContaining({ code: "UploadRefused" }),
  });
});

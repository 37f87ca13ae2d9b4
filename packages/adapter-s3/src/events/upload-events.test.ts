import { expect, test, vi } from "vitest";

import { answer, connect, startFakeS3 } from "../../test/fake-s3.ts";
import { createUploadEventHandler } from "./index.ts";

const BUCKET = "some-uploads";
const ETAG = "5d41402abc4b2a76b9719d911017c592";
const object = { key: "uploads/1", eTag: ETAG, versionId: "v2" };
const EVENT = { Records: [{ s3: { bucket: { name: BUCKET }, object } }] };

test.each([
  ["404: no object", 404],
  ["405: the version is a delete marker", 405],
])("an object that is gone is passed over: %s", async (_, status) => {
  const { access, requests } = await startFakeS3({ HeadObject: [answer(status)] });
  const onStored = vi.fn();
  await createUploadEventHandler({ onStored, s3: connect(access) })(EVENT);
  expect(onStored).not.toHaveBeenCalled();
  expect(requests.map(({ query }) => query.get("versionId"))).toEqual(["v2"]);
});

test("an object that cannot be looked at is an error, so that the event comes again", async () => {
  const { access } = await startFakeS3({ HeadObject: [answer(403)] });
  const onStored = vi.fn();
  const handled = createUploadEventHandler({ onStored, s3: connect(access) })(EVENT);
  await expect(handled).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
  expect(onStored).not.toHaveBeenCalled();
});

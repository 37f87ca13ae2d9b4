import { expect, test } from "vitest";

import { careless } from "../../test/careless-s3.ts";
import { answer, BUCKET, connect, s3Error, startFakeS3 } from "../../test/fake-s3.ts";
import { versionList } from "../../test/version-list.ts";
import { removeFolder } from "./remove-folder.ts";

test("removes a folder of several pages, and keeps neighbouring keys", async () => {
  const { script, objects } = careless();
  const server = await startFakeS3(script);
  for (let i = 0; i < 250; i++) objects.set(`folder/${i}`, "x");
  objects.set("folder2/1", "x");
  await removeFolder(connect(server.access), BUCKET, "folder/");
  expect([...objects.keys()]).toEqual(["folder2/1"]);
});

test("removes every version and every delete marker", async () => {
  const version = (versionId: string) => ({ key: "folder/a", versionId, etag: '"x"' });
  const list = versionList([version("v2"), version("v1")], { deleteMarkers: ["folder/b"] });
  const server = await startFakeS3({
    ListObjectVersions: [list, versionList([])],
    DeleteObject: () => answer(204),
  });
  await removeFolder(connect(server.access), BUCKET, "folder/");
  const removed = server.requests.filter(({ operation }) => operation === "DeleteObject");
  expect(removed.map(({ key, query }) => [key, query.get("versionId")])).toEqual([
    ["folder/a", "v2"],
    ["folder/a", "v1"],
    ["folder/b", "m"],
  ]);
});

test("leaves what may not be removed, after one try", async () => {
  const { script, objects } = careless({ DeleteObject: s3Error(403, "AccessDenied") });
  const server = await startFakeS3(script);
  objects.set("folder/a", "x");
  await removeFolder(connect(server.access), BUCKET, "folder/");
  expect(server.operations.filter((operation) => operation === "DeleteObject")).toHaveLength(1);
});

test("leaves what cannot be listed", async () => {
  const { script } = careless({ ListObjectsV2: s3Error(403, "AccessDenied") });
  const server = await startFakeS3(script);
  await removeFolder(connect(server.access), BUCKET, "folder/");
  expect(server.operations).not.toContain("DeleteObject");
});

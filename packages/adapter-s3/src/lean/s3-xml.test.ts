import { describe, expect, test } from "vitest";

import { readTime, readVersionPage, textOf } from "./s3-xml.ts";

describe("the text of an element", () => {
  test.each([
    ["<Error><Code>NoSuchKey</Code></Error>", "NoSuchKey"],
    ["<Code></Code>", ""],
    ["<Code>a &amp; b &lt;c&gt; &quot;d&quot; &apos;e&apos; &#65;&#x1F5DD;</Code>", "a & b <c> \"d\" 'e' A🗝"],
    ["<Code>&unknown; &#1114112; &</Code>", "&unknown; &#1114112; &"],
    ["<code>x</code>", undefined],
    ["<Code>x", undefined],
    ["<Code><b>x</b></Code>", undefined],
    ["", undefined],
  ])("of %j is %j", (xml, text) => {
    expect(textOf(xml, "Code")).toBe(text);
  });
});

const page = (inside: string) =>
  `<?xml version="1.0"?>\n<ListVersionsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inside}</ListVersionsResult>\n`;
const version = (key: string, id: string) =>
  `<Version><Key>${key}</Key><VersionId>${id}</VersionId><ETag>&quot;e${id}&quot;</ETag><LastModified>2026-01-01T00:00:00.000Z</LastModified><IsLatest>${id === "2"}</IsLatest><Size>7</Size></Version>`;
const listed = (key: string, versionId: string) => {
  const lastModified = new Date("2026-01-01T00:00:00Z");
  return { key, versionId, etag: `"e${versionId}"`, lastModified, isLatest: versionId === "2", bytes: 7 };
};

describe("a page of versions", () => {
  test("keeps the server's order of the versions, and lists delete markers separately", () => {
    const xml = page(
      `<IsTruncated>false</IsTruncated>${version("k", "2")}<DeleteMarker><Key>k</Key><VersionId>m</VersionId></DeleteMarker>\n${version("k&amp;l", "1")}`,
    );
    expect(readVersionPage(xml)).toEqual({
      versions: [listed("k", "2"), listed("k&l", "1")],
      deleteMarkers: [{ key: "k" }],
      next: undefined,
    });
  });

  test("has the marker of the next page", () => {
    const more =
      "<IsTruncated>true</IsTruncated><NextKeyMarker>k</NextKeyMarker><NextVersionIdMarker>1</NextVersionIdMarker>";
    expect(readVersionPage(page(more)).next).toEqual({ keyMarker: "k", versionIdMarker: "1" });
  });

  test("has no next page if it is empty", () => {
    expect(readVersionPage(page("<IsTruncated>false</IsTruncated>"))).toMatchObject({
      versions: [],
      deleteMarkers: [],
    });
  });

  test.each([
    ["nothing", ""],
    ["another answer", "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"],
    ["a page that was cut", page(`<IsTruncated>false</IsTruncated>${version("k", "1")}`).slice(0, -25)],
    ["a page that does not say whether there are more", page(version("k", "1"))],
    ["a page of a proxy", "<html>ListVersionsResult</html>"],
  ])("is not read from %s", (_what, xml) => {
    expect(() => readVersionPage(xml)).toThrow();
  });
});

test.each([
  ["2026-01-01T00:00:00.123Z", "2026-01-01T00:00:00.123Z"],
  ["Thu, 01 Jan 2026 00:00:01 GMT", "2026-01-01T00:00:01.000Z"],
  ["soon", undefined],
  [undefined, undefined],
])("the time %j is %j", (text, time) => {
  expect(readTime(text)?.toISOString()).toBe(time);
});

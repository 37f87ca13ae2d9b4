import type { ListedVersion, VersionPage } from "../s3/index-s3.ts";

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/**
 * The text of the first element of a name that holds text only; no other XML is looked at, since S3's answers nest no
 * two elements of the names that are asked for here.
 */
export function textOf(xml: string, name: string): string | undefined {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return text?.replace(
    /&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([0-9a-fA-F]{1,6}));/g,
    (whole, entity, decimal, hex) => {
      if (typeof entity === "string") return ENTITIES[entity] ?? whole;
      const code = typeof decimal === "string" ? Number(decimal) : Number.parseInt(String(hex), 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}

/**
 * Reads the answer of ListObjectVersions: versions and delete markers in the order of the server.
 *
 * @throws when it is not that answer, or not the whole of it: a version that was overlooked could make a second winner
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
 */
export function readVersionPage(xml: string): VersionPage {
  if (!/<ListVersionsResult[\s>]/.test(xml) || !/<\/ListVersionsResult>\s*$/.test(xml))
    throw new Error("the answer is no whole list of versions");
  const truncated = textOf(xml, "IsTruncated");
  if (truncated !== "true" && truncated !== "false")
    throw new Error("the list of versions does not say how it goes on");
  const elements = (name: string): string[] =>
    [...xml.matchAll(new RegExp(`<${name}>(.*?)</${name}>`, "gs"))].map(([, content = ""]) => content);
  return {
    versions: elements("Version").map(readVersion),
    deleteMarkers: elements("DeleteMarker").map((marker) => ({ key: textOf(marker, "Key") })),
    next:
      truncated === "true"
        ? { keyMarker: textOf(xml, "NextKeyMarker"), versionIdMarker: textOf(xml, "NextVersionIdMarker") }
        : undefined,
  };
}

function readVersion(element: string): ListedVersion {
  return {
    key: textOf(element, "Key"),
    versionId: textOf(element, "VersionId"),
    etag: textOf(element, "ETag"),
    lastModified: readTime(textOf(element, "LastModified")),
    isLatest: textOf(element, "IsLatest") === "true",
    bytes: readLength(textOf(element, "Size")),
  };
}

/** A length in bytes as S3 writes it, in a list or in a header. */
export function readLength(text: string | undefined): number | undefined {
  return /^\d{1,15}$/.test(text ?? "") ? Number(text) : undefined;
}

/** A time as S3 writes it, in a list or in a header. */
export function readTime(text: string | undefined): Date | undefined {
  const time = new Date(text ?? "");
  return Number.isNaN(time.getTime()) ? undefined : time;
}

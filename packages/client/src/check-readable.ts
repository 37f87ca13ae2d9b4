import { UploadError } from "./upload-error.ts";
import { type Limits, withinLimits } from "./within-limits.ts";

/**
 * Makes sure that a file can be read, by its first and its last byte.
 *
 * Browsers report a file that was deleted, moved or changed after it was chosen, and a folder, as a lost connection, send
 * an empty file in its place (Chromium), or send nothing and wait (Firefox), which uses the URL up. Chromium notices any
 * change; Firefox does not notice replaced or appended bytes.
 *
 * @throws {UploadError} `FileUnreadable`, `Aborted` or `Stalled`
 */
export async function checkReadable(file: Blob, limits: Limits): Promise<void> {
  let cause: unknown;
  try {
    if (await withinLimits(limits, "reading the file", () => isWhole(file))) return;
  } catch (error) {
    if (error instanceof UploadError) throw error;
    cause = error;
  }
  throw new UploadError(
    "FileUnreadable",
    "The file cannot be read: it was deleted, moved or changed after it was chosen, or it is a folder. Choose it again.",
    { cause },
  );
}

async function isWhole(file: Blob): Promise<boolean> {
  const { size } = file;
  if (size === 0) return isEmpty(file);
  const ends = [file.slice(0, 1), file.slice(size - 1, size)];
  const bytes = await Promise.all(ends.map((end) => end.arrayBuffer()));
  return bytes.every(({ byteLength }) => byteLength === 1);
}

/** A slice of an empty file is not read at all, and Chromium says of a deleted file that its size is 0. */
async function isEmpty(file: Blob): Promise<boolean> {
  const reader = file.stream().getReader();
  const { value } = await reader.read();
  void reader.cancel().catch(() => {});
  return (value?.byteLength ?? 0) === 0;
}

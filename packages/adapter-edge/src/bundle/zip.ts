import { crc32, deflateRawSync } from "node:zlib";

/** The first moment that a zip archive can name: 1980-01-01, 00:00. */
const DATE = 0x21;
const DEFLATED = 8;
const VERSION = 20;
/** Made on Unix, so that the modes count; and a file that all users may read, as Lambda needs it. */
const MADE_ON_UNIX = (3 << 8) | VERSION;
const MODE = 0o100644;

/**
 * Packs files into a zip archive, as Lambda takes it.
 *
 * The same files make the same bytes, on the same version of Node: entries are sorted by name, every file has mode 644 and the
 * same date.
 *
 * @param files  contents by name; names are ASCII
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
export function zip(files: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const packed = deflateRawSync(content, { level: 9 });
    const common = numbers(
      ...([2, VERSION, 2, 0, 2, DEFLATED, 2, 0, 2, DATE, 4, crc32(content)] as const),
      ...([4, packed.length, 4, content.length, 2, name.length, 2, 0] as const),
    );
    const local = Buffer.concat([numbers(4, 0x04034b50), common, Buffer.from(name), packed]);
    directory.push(
      ...[numbers(4, 0x02014b50, 2, MADE_ON_UNIX), common],
      ...[numbers(2, 0, 2, 0, 2, 0, 4, MODE * 0x10000, 4, offset), Buffer.from(name)],
    );
    parts.push(local);
    offset += local.length;
  }
  const entries = Object.keys(files).length;
  const listed = Buffer.concat(directory);
  const end = numbers(4, 0x06054b50, 2, 0, 2, 0, 2, entries, 2, entries, 4, listed.length, 4, offset, 2, 0);
  return Buffer.concat([...parts, listed, end]);
}

/** Little-endian numbers, each after its size in bytes. */
function numbers(...sizesAndValues: readonly number[]): Uint8Array {
  const bytes: number[] = [];
  for (let at = 0; at < sizesAndValues.length; at += 2) {
    const [size = 0, value = 0] = sizesAndValues.slice(at, at + 2);
    for (let byte = 0; byte < size; byte++) bytes.push(Math.floor(value / 2 ** (8 * byte)) % 256);
  }
  return Uint8Array.from(bytes);
}

import * as fc from "fast-check";

/** Bytes that mean something to a parser. */
const CHARACTERS = [
  "\r",
  "\n",
  "\r\n",
  "\r\n\r\n",
  "\0",
  " ",
  "\t",
  ":",
  "%",
  "&",
  "=",
  "?",
  "#",
  "/",
  "_",
  "\x7f",
  "\x80",
  "\xff",
  "0",
  "A",
];

const edit = fc.record({
  how: fc.constantFrom("insert" as const, "replace" as const, "delete" as const, "repeat" as const),
  at: fc.nat(),
  length: fc.integer({ min: 1, max: 12 }),
  text: fc.constantFrom(...CHARACTERS),
});

/**
 * Changes a text in one to four places by chance.
 *
 * @param seed  the same seed changes the same text in the same way
 */
export function mutated(text: string, seed: number): string {
  const [edits = []] = fc.sample(fc.array(edit, { minLength: 1, maxLength: 4 }), { numRuns: 1, seed });
  let changed = text;
  for (const { how, at, length, text: inserted } of edits) {
    const position = at % (changed.length + 1);
    const [before, after] = [changed.slice(0, position), changed.slice(position)];
    if (how === "insert") changed = before + inserted + after;
    if (how === "replace") changed = before + inserted + after.slice(inserted.length);
    if (how === "delete") changed = before + after.slice(length);
    if (how === "repeat") changed = before + after.slice(0, length) + after;
  }
  return changed;
}

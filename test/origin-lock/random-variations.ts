import * as fc from "fast-check";

import { type Change, replacingFields, withFields } from "../hostile/upload-draft.ts";
import { others, paths, queries, singleHeaders, unusualHeaders, type Variation } from "./client-controls.ts";

const byte = fc.integer({ min: 0, max: 0xff }).map((code) => String.fromCharCode(code));
const printable = fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code));
const tokenCharacter = fc.constantFrom(...Array.from("abcdefghijklmnopqrstuvwxyz0123456789-_.!#$%&'*+^`|~"));

/** Beginnings that S3, the edge or something between them gives a meaning to. */
const prefix = fc.constantFrom(
  "",
  "x-amz-",
  "x-amz-meta-",
  "x-amzn-",
  "x-once-",
  "x-forwarded-",
  "content-",
  "if-",
  "http-",
  "mime-",
  "x_amz_",
  "x-",
);
const name = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .tuple(prefix, fc.string({ unit: tokenCharacter, minLength: 1, maxLength: 12 }))
      .map((parts) => parts.join("")),
  },
  { weight: 1, arbitrary: fc.string({ unit: byte, minLength: 1, maxLength: 8 }) },
);
const value = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: printable, maxLength: 40 }) },
  { weight: 1, arbitrary: fc.string({ unit: byte, maxLength: 12 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "1\r\nx-amz-acl: public-read",
      "1\nx-amz-acl: public-read",
      "1\r\n folded",
      " ",
      "\t",
      "*",
      "chunked",
      "5",
      "0",
      "-1",
    ),
  },
);

const randomHeader = fc
  .tuple(name, value, fc.boolean())
  .map(([n, v, replaces]): Variation => [`${n}: ${v}`, (replaces ? replacingFields : withFields)([n, v])]);

const SPELLINGS: readonly ((character: string) => string)[] = [
  (c) => `%${c.charCodeAt(0).toString(16).padStart(2, "0")}`,
  (c) => `%${c.charCodeAt(0).toString(16).padStart(2, "0").toUpperCase()}`,
  (c) => c.toUpperCase(),
  (c) => c + c,
  () => "",
  () => "%",
  () => "+",
  () => "&",
  () => "%00",
];

/** Spells, doubles, drops or breaks one character of the path or the query. */
const oneCharacter = fc
  .tuple(fc.constantFrom("path" as const, "query" as const), fc.nat(), fc.constantFrom(...SPELLINGS.keys()))
  .map(([part, position, spelling]): Variation => {
    const change: Change = (draft) => {
      const at = position % draft[part].length;
      const spelt = SPELLINGS[spelling]?.(draft[part].charAt(at)) ?? "";
      return { ...draft, [part]: draft[part].slice(0, at) + spelt + draft[part].slice(at + 1) };
    };
    return [`spelling ${spelling} of character ${position} of the ${part}`, change];
  });

/** Doubles, drops, moves or mixes whole parameters. */
const parameters = fc
  .tuple(fc.constantFrom("double", "drop", "move", "swap values"), fc.nat({ max: 20 }), fc.nat({ max: 20 }))
  .map(([how, one, other]): Variation => {
    const change: Change = (draft) => {
      const all = draft.query.split("&");
      const [a, b] = [one % all.length, other % all.length];
      const [nameA = "", valueA = ""] = (all[a] ?? "").split("=");
      const [nameB = "", valueB = ""] = (all[b] ?? "").split("=");
      if (how === "double") all.splice(b, 0, all[a] ?? "");
      if (how === "drop") all.splice(a, 1);
      if (how === "move") all.splice(b, 0, ...all.splice(a, 1));
      if (how === "swap values") [all[a], all[b]] = [`${nameA}=${valueB}`, `${nameB}=${valueA}`];
      return { ...draft, query: all.join("&") };
    };
    return [`${how} parameters ${one} and ${other}`, change];
  });

const known = fc.constantFrom(...singleHeaders, ...unusualHeaders, ...queries, ...paths, ...others);

/** One change by chance: to a header, a character, a parameter, or one of those with a name. */
export const variation: fc.Arbitrary<Variation> = fc.oneof(
  { weight: 4, arbitrary: randomHeader },
  { weight: 3, arbitrary: known },
  { weight: 2, arbitrary: oneCharacter },
  { weight: 1, arbitrary: parameters },
);

/**
 * Variations by chance: one to three changes each, to headers, query, path, method, version or body.
 *
 * @param seed  the same seed gives the same variations
 */
export function randomVariations(count: number, seed: number): Variation[] {
  return fc
    .sample(fc.array(variation, { minLength: 1, maxLength: 3 }), { numRuns: count, seed })
    .map((changes, n): Variation => {
      const names = changes.map(([changed]) => JSON.stringify(changed)).join(", then ");
      return [
        `seed ${seed}, number ${n}: ${names}`,
        (draft) => changes.reduce((changed, [, change]) => change(changed), draft),
      ];
    });
}

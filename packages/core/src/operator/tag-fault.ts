import { isTag } from "../url/edge-keys.ts";

/** Digits of a tag behind the key id. */
const MAC_DIGITS = 64;

/**
 * What is wrong with the form of a tag, with the likely cause: edge and relay refuse such a tag whatever their keys are.
 *
 * @param tag  as the URL has it, decoded; empty when there is none
 * @returns    one sentence that repeats nothing of the tag; `undefined` for the form that an issuer makes
 */
export function findTagFault(tag: string): string | undefined {
  if (isTag(tag)) return undefined;
  if (tag === "") return "It has no tag: the URL was cut off at its end.";
  const [id = ""] = tag.split(".", 1);
  const fullLength = `${id}.`.length + MAC_DIGITS;
  const begun = tag === id ? `${id}.` : tag;
  if (isTag(begun.padEnd(fullLength, "0"))) return "Its tag ends too early: the URL was cut off.";
  if (isTag(tag.toLowerCase())) return "Its tag has upper-case digits: the URL was changed to another case.";
  if (isTag(tag.slice(0, fullLength)))
    return "Something was added after its tag: a full stop, a bracket or a quotation mark of the text around the URL?";
  return "Its tag is not <key id>.<64 lower-case hex digits>: the URL was cut off, or something was added at its end.";
}

import { isTag } from "../url/edge-keys.ts";

/**
 * What is wrong with the form of a tag, with the likely cause: edge and relay refuse such a tag whatever their keys are.
 *
 * @param tag  as the URL has it, decoded; empty when there is none
 * @returns    one sentence that repeats nothing of the tag; `undefined` for the form that an issuer makes
 */
export function findTagFault(tag: string): string | undefined {
  if (isTag(tag)) return undefined;
  if (tag === "") return "It has no tag: the URL was cut off at its end.";
  if (/^[A-Za-z0-9_-]{1,32}(?:\.[0-9a-f]{0,63})?$/.test(tag)) return "Its tag ends too early: the URL was cut off.";
  if (isTag(tag.toLowerCase())) return "Its tag has upper-case digits: the URL was changed to another case.";
  const [whole = ""] = /^[A-Za-z0-9_-]{1,32}\.[0-9a-f]{64}/.exec(tag) ?? [];
  if (whole !== "")
    return "Something was added after its tag: a full stop, a bracket or a quotation mark of the text around the URL?";
  return "Its tag is not <key id>.<64 lower-case hex digits>: the URL was cut off, or something was added at its end.";
}

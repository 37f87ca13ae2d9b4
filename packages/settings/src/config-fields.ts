import type { CallerLimits } from "@presign-once/core";
import type * as forms from "@presign-once/core/forms";
import { CALLER_LIMITS } from "@presign-once/core/http";
import * as z from "zod/mini";

/** A text; `isPossible` looks for what a pattern does not see, such as a port that is none. */
export function text(form: string, pattern: RegExp, isPossible: (value: string) => boolean = () => true) {
  const isOfForm = (value: string): boolean => pattern.test(value) && isPossible(value);
  return z.string(expected(form)).check(z.refine(isOfForm, { ...expected(form), abort: true }));
}

/** A text of a form that the core defines. */
export function formed({ words, is }: forms.Form) {
  return text(words, /^/, is);
}

/** A whole number within bounds, both included; `unit` is named in faults: `seconds`. */
export function wholeNumber(unit: string, least: number, most: number) {
  const form = `a whole number of ${unit} from ${least} to ${most}`;
  const isOfForm = (value: number): boolean => Number.isInteger(value) && value >= least && value <= most;
  return z.number(expected(form)).check(z.refine(isOfForm, { ...expected(form), abort: true }));
}

/** A limit of a caller, of the form that the core defines. */
export function callerLimit<Name extends keyof CallerLimits>(name: Name) {
  const { words, is } = CALLER_LIMITS[name];
  return z.optional(z.custom<NonNullable<CallerLimits[Name]>>(is, expected(words)));
}

/** What zod says of a field that is missing or of another form. */
export function expected(form: string) {
  return {
    error: ({ input }: { readonly input?: unknown }) => `${input === undefined ? "missing, " : ""}expected ${form}`,
  };
}

/** The only values that a field may have, for a message: `a, b or c`. */
export function oneOf(names: readonly string[]): string {
  const last = names.at(-1) ?? "";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} or ${last}`;
}

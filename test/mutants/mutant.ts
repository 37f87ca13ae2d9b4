/** One small thing made wrong in one source file. */
export interface Mutant {
  /** From the root of the workspace. */
  readonly file: string;
  /** A text that stands in the file exactly once. */
  readonly original: string;
  readonly replacement: string;
  /** What a user would lose if no test failed. */
  readonly breaks: string;
  /** Why no test can be expected to fail, where none does. */
  readonly survivesBecause?: string;
  /** Arguments of `vitest run` for the tests that must fail; default: those next to the file, of its package, of the gate. */
  readonly mustBeKilledBy?: readonly string[];
}

/** Starts a list of mutants of one file: each is an original, its replacement, and what that breaks. */
export function mutantsOf(
  file: string,
  ...list: readonly (readonly [original: string, replacement: string, breaks: string, survivesBecause?: string])[]
): readonly Mutant[] {
  return list.map(([original, replacement, breaks, survivesBecause]) => {
    return { file, original, replacement, breaks, ...(survivesBecause === undefined ? {} : { survivesBecause }) };
  });
}

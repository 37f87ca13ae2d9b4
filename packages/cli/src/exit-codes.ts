/** What every exit status of `presign-once` means; scripts rely on them. */
export const EXIT_CODES = {
  done: 0,
  fault: 1,
  wrong: 2,
  claimed: 3,
  revoked: 4,
  expired: 5,
  unknown: 6,
  notIssued: 7,
  undecided: 8,
  unverified: 9,
  notYetValid: 10,
} as const;

/** One of {@link EXIT_CODES}. */
export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];

const MEANINGS: Readonly<Record<keyof typeof EXIT_CODES, string>> = {
  done: "done; inspect: the URL is good for one upload",
  fault: "a fault; doctor: no strategy passed; local: it could not start; smoke-test: a check failed",
  wrong: "the command line, the settings, the credentials, or what they name is wrong",
  claimed: "the URL was used",
  revoked: "the URL was revoked before",
  expired: "the URL expired unused",
  unknown: "the index has no entry for the URL",
  notIssued: "the URL was not issued here, or was cut off or changed since",
  undecided: "S3 gave no certain answer: ask again",
  notYetValid: "the URL was signed by a clock that is ahead of this one, and is refused for now",
  unverified: "without edge keys, or a tag that names the index, it is unknown whether the URL was issued here",
};

/**
 * The lines of `--help` about exit statuses.
 *
 * @param names  of those that a command has; default: all
 */
export function describeExitCodes(
  names: readonly (keyof typeof EXIT_CODES)[] = Object.keys(EXIT_CODES) as (keyof typeof EXIT_CODES)[],
): string {
  return `exit codes:\n${names.map((name) => `  ${EXIT_CODES[name]}  ${MEANINGS[name]}\n`).join("")}`;
}

import type { WriteStream } from "node:tty";

const COLOURS: Readonly<Record<string, number>> = { green: 32, red: 31, yellow: 33 };

/** The verdicts of the commands' tables, as first or second cell of a row, and how good they are. */
const VERDICTS: Readonly<Record<string, keyof typeof COLOURS>> = {
  passed: "green",
  FAILED: "red",
  skipped: "yellow",
  held: "green",
  "not disproved": "green",
  fit: "green",
  UNSAFE: "red",
  BROKEN: "red",
  unavailable: "yellow",
  "not tried": "yellow",
  issued: "green",
  "issued, if decided here": "yellow",
  "issued or forged": "yellow",
  "not yet valid": "yellow",
  claimed: "yellow",
  "already claimed": "yellow",
  revoked: "yellow",
  expired: "yellow",
  unknown: "yellow",
  "not issued here": "yellow",
};

const words = Object.keys(VERDICTS).join("|");
/** A verdict in the first cell is followed by another cell; labels such as `issued`, which a time follows, are none. */
const CELL = new RegExp(`^((?!(?:issued|claimed|revoked) )|\\S+(?: \\S+)* {2,})(${words})(?= {2}|:|$)`, "gm");

/** Whether a stream shows colours: a terminal that has them, unless `NO_COLOR` is set; with `FORCE_COLOR` any stream. */
export function hasColours(
  stream: Partial<Pick<WriteStream, "isTTY" | "hasColors">>,
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  const { FORCE_COLOR: forced = "", NO_COLOR: refused = "" } = env;
  if (forced !== "") return forced !== "0";
  return refused === "" && stream.isTTY === true && stream.hasColors?.() === true;
}

/** Colours the verdicts in what a command prints for people; JSON has none. */
export function colourVerdicts(text: string): string {
  return text.replace(CELL, (_, before: string, word: string) => {
    const colour = COLOURS[VERDICTS[word] ?? ""] ?? 0;
    return `${before}\u001B[${colour}m${word}\u001B[39m`;
  });
}

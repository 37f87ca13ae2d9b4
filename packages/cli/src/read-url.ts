import { PresignOnceError } from "@presign-once/core";

import type { Surroundings } from "./command.ts";

/** Most that is read of the standard input: twice the longest URL. */
const MAX_INPUT_BYTES = 16_384;

/** The lines of `--help` about the URL. */
export const URL_HELP = `  URL                  as it was issued: a presigned URL with its whole query, a ticket with its whole token
  -                    read it from the standard input

An unused URL is a secret, and arguments stand in the history of your shell and in the list of processes: prefer -,
with a pipe or a file behind it. The URL is never printed, nor anything that it is made of but the key of its object.
`;

/**
 * Finds the URL that a command is about: its only argument, or the standard input.
 *
 * @param positionals  the arguments that are no flags
 * @throws {PresignOnceError} `ARGUMENT_INVALID`: none or more than one, or nothing on the standard input, or too much;
 *                            repeats nothing of it
 */
export async function readUrl(positionals: readonly string[], { stdin }: Pick<Surroundings, "stdin">): Promise<string> {
  const [argument, ...rest] = positionals;
  if (argument === undefined || rest.length > 0)
    throw new PresignOnceError(
      "ARGUMENT_INVALID",
      "expected one URL, in quotes, or - to read it from the standard input; see --help",
    );
  return argument === "-" ? readInput(stdin, "URL") : argument;
}

/**
 * Reads a secret from the standard input, where no list of processes shows it.
 *
 * @param what  for the complaint: nothing on the standard input, or too much
 */
export async function readInput(stdin: Surroundings["stdin"], what: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stdin) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MAX_INPUT_BYTES) break;
  }
  const text = Buffer.concat(chunks).toString("utf8").trim();
  if (text === "" || length > MAX_INPUT_BYTES)
    throw new PresignOnceError("ARGUMENT_INVALID", `expected one ${what} on the standard input, and nothing else`);
  return text;
}

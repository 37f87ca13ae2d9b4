import { PresignOnceError } from "@presign-once/core";
import * as forms from "@presign-once/core/forms";

import { createBearerToken } from "./bearer-token.ts";
import type { Command } from "./command.ts";
import { describeExitCodes, EXIT_CODES } from "./exit-codes.ts";
import { readFlags } from "./read-arguments.ts";

/** Digits of the digest in the name of a token that was given none. */
const NAME_DIGITS = 8;

/** `presign-once token`: a fresh bearer token for `/url`, and the line of settings that lets it in. */
export const token: Command = {
  help: `usage: presign-once token [--name NAME] [--json]

  Makes a token of 32 random bytes. It is shown this once: the settings hold its SHA-256 only.

  --name NAME  who holds it, for the log: ${forms.tokenName.words}
               (default token- and the beginning of its SHA-256)
  --json       { "token", "name", "sha256" }, for programs
  --help       this text

${describeExitCodes(["done", "fault", "wrong"])}`,
  async run(args) {
    const flags = readFlags(args, { name: { type: "string" }, json: { type: "boolean", default: false } });
    const { token: secret, sha256 } = createBearerToken();
    const name = flags.name ?? `token-${sha256.slice(0, NAME_DIGITS)}`;
    if (!forms.tokenName.is(name))
      throw new PresignOnceError("ARGUMENT_INVALID", `--name: expected ${forms.tokenName.words}`);
    if (flags.json)
      return { exitCode: EXIT_CODES.done, stdout: `${JSON.stringify({ token: secret, name, sha256 })}\n` };
    const stdout = `The token, for the client that requests URLs; it is not shown again:

  ${secret}

Its line for authorizer.tokens in the settings:

  { "name": "${name}", "sha256": "${sha256}" }
`;
    return { exitCode: EXIT_CODES.done, stdout };
  },
};

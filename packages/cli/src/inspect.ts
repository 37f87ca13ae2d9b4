import { askAboutUrl } from "./ask-about-url.ts";
import type { Command } from "./command.ts";
import { describeInspection } from "./describe-inspection.ts";
import { describeExitCodes } from "./exit-codes.ts";
import { INDEX_MODULE_HELP } from "./index-module.ts";
import { URL_HELP } from "./read-url.ts";
import { RELAY_SCOPE_HELP } from "./relay-scope.ts";
import { describeSettings } from "./settings.ts";

/** `presign-once inspect`: the state of a URL. */
export const inspect: Command = {
  help: `usage: presign-once inspect URL|- [options]

Tells what became of a URL, when, and by which claimant. Reads only. A claimed or revoked URL stays so when it expires.

${URL_HELP}
  --json               { "status", "hash", "shortHash", "key", "issuedAt", "expiresAt", … }, for programs
${RELAY_SCOPE_HELP}${INDEX_MODULE_HELP}${describeSettings(["bucket", "indexBucket", "region", "endpoint", "prefix", "strategy"])}
${describeExitCodes()}`,
  run: (args, surroundings) =>
    askAboutUrl(args, surroundings, (operator, url) => operator.inspect(url), describeInspection),
};

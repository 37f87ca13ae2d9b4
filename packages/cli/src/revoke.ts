import { askAboutUrl } from "./ask-about-url.ts";
import type { Command } from "./command.ts";
import { describeRevocation } from "./describe-revocation.ts";
import { describeExitCodes } from "./exit-codes.ts";
import { INDEX_MODULE_HELP } from "./index-module.ts";
import { URL_HELP } from "./read-url.ts";
import { RELAY_SCOPE_HELP } from "./relay-scope.ts";
import { describeSettings } from "./settings.ts";

/** `presign-once revoke`: no upload passes with a URL any more. */
export const revoke: Command = {
  help: `usage: presign-once revoke URL|- [options]

Revokes an unused URL: no upload passes afterwards. Reports a URL that was used before. Can be repeated.

${URL_HELP}
  --json               { "status", "hash", "shortHash", "key", "issuedAt", "expiresAt", … }, for programs
${RELAY_SCOPE_HELP}${INDEX_MODULE_HELP}${describeSettings(["bucket", "indexBucket", "region", "endpoint", "prefix", "strategy"])}
${describeExitCodes(["done", "fault", "wrong", "claimed", "unknown", "notIssued", "undecided", "unverified"])}`,
  run: (args, surroundings) =>
    askAboutUrl(args, surroundings, (operator, url) => operator.revoke(url), describeRevocation),
};

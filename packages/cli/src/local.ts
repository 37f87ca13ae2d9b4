import { PresignOnceError } from "@presign-once/core";
import type { Local } from "@presign-once/local-edge";

import { type Command, INTERRUPTED } from "./command.ts";
import { describeExitCodes, EXIT_CODES } from "./exit-codes.ts";
import { importOptional } from "./import-optional.ts";
import { LOCAL_FLAGS_HELP, readLocalArguments } from "./local-arguments.ts";

/** The oldest Node that `@presign-once/local-edge` runs on, as its `engines` say; the other commands run on older ones. */
export const OLDEST_NODE = 22;
const PROGRESS_AFTER_MS = 1_000;

/** `presign-once local`: the edge functions and an S3 server on this machine, until Ctrl-C. */
export const local: Command = {
  help: `usage: presign-once local [options]

Starts an S3 server (Cloudflare's R2, embedded) and a stand-in for CloudFront that runs the edge functions. Ctrl-C
stops both and exits with 0. Open the edge in a browser for a page to upload with. Needs Node ${OLDEST_NODE} or newer and the
package @presign-once/local-edge.

${LOCAL_FLAGS_HELP}
${describeExitCodes(["done", "fault", "wrong"])}  ${INTERRUPTED}  Ctrl-C before all was up, or a second time while it stopped
`,

  async run(args, surroundings) {
    const options = readLocalArguments(args, surroundings.env);
    requireNode(surroundings.nodeVersion);
    const interrupted = surroundings.takeInterrupts();
    const { begin: onProgress, end } = reportSlowSteps(surroundings.report);
    // Here and not above: it brings the AWS SDK and miniflare along.
    const { startLocal } = await importOptional("@presign-once/local-edge", () => import("@presign-once/local-edge"));
    try {
      const running = await startLocal({ ...options, onProgress }).finally(end);
      surroundings.print(describe(running));
      await interrupted();
      await running.stop();
      return { exitCode: EXIT_CODES.done, stdout: "" };
    } catch (error) {
      // An error with a code is written for people; any other is a fault of this program.
      if (!(error instanceof Error) || !("code" in error)) throw error;
      return { exitCode: EXIT_CODES.fault, stdout: "", complaint: error.message };
    }
  },
};

function requireNode(version: string): void {
  if (Number(version.split(".")[0]) < OLDEST_NODE)
    throw new PresignOnceError("CONFIG_INVALID", `needs Node ${OLDEST_NODE} or newer, this is ${version}`);
}

function describe({ baseUrl, tryLine, originUrl, bucket }: Local): string {
  return [
    `edge    ${baseUrl}`,
    `origin  ${originUrl}`,
    `bucket  ${bucket}`,
    `page    ${baseUrl}/`,
    `try     ${tryLine}`,
    `share   ${shareLine(baseUrl)}`,
    "",
  ].join("\n");
}

/** Uploads a line of text, makes a link for it, and uses the link twice: the text and 200, then 410. */
function shareLine(baseUrl: string): string {
  return [
    `grant=$(curl -s -H "Accept: application/json" ${baseUrl}/url)`,
    String.raw`field() { echo "$grant" | sed 's/.*"'$1'":"\([^"]*\).*/\1/'; }`,
    `curl -s -X PUT -H "Content-Type: text/plain" -d "for one reader" "$(field url)"`,
    `link=$(curl -s "${baseUrl}/url?download=$(field key)"); echo "$link"`,
    String.raw`for i in 1 2; do curl -sL -d "" -w " %{http_code}\n" "$link"; done`,
  ].join("; ");
}

/** Says which step is taking its time, and nothing of those that are quick. */
function reportSlowSteps(report: (line: string) => void): { begin: (step: string) => void; end: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const end = (): void => clearTimeout(timer);
  const begin = (step: string): void => {
    end();
    timer = setTimeout(() => report(`${step} ...`), PROGRESS_AFTER_MS);
  };
  return { begin, end };
}

import { readFile } from "node:fs/promises";
import { extname } from "node:path";

import { transform } from "esbuild";

/**
 * What Lambda itself sets. Everything else is absent at the edge, where a function cannot be given variables.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
const SET_BY_LAMBDA =
  /^(?:_HANDLER|_X_AMZN_TRACE_ID|AWS_(?:ACCESS_KEY(?:_ID)?|DEFAULT_REGION|EXECUTION_ENV|REGION|SECRET_ACCESS_KEY|SESSION_TOKEN)|AWS_LAMBDA_\w+|LAMBDA_(?:RUNTIME_DIR|TASK_ROOT)|LANG|LD_LIBRARY_PATH|NODE_PATH|PATH|TZ)$/;

/** The SDK looks for dozens of optional variables, and does without them. */
const AWS_SDK = /[\\/]node_modules[\\/]@(?:aws|aws-crypto|aws-sdk|smithy)[\\/]/;

const ACCESS =
  /\bprocess(?:\??\.\s*env\b|(?:\?\.)?\[\s*["'`]env["'`]\s*\])(?:\??\.\s*([\w$]+)|\??\.?\[\s*["'`]([^"'`]*)["'`]\s*\])?/g;
/** Ways to `process.env` by another name: unpacked, from `process` under another name, or as a module. */
const UNPACKED = [
  /\{[^{}]*\benv\b[^{}]*\}\s*=\s*(?:\w+\??\.)?process\b/,
  /(?<![=!])=\s*(?:\w+\??\.)?process\s*[;,]/,
  /\{[^{}]*\bprocess\s*:[^{}]*\}\s*=/,
  /["'`](?:node:)?process["'`]/,
];

/**
 * Finds reads of environment variables that no function at the edge can have.
 *
 * It reads the text, not the program: a read by a computed name counts as one, and so does taking `process.env` whole.
 *
 * @param inputs  source files of the functions; those of the AWS SDK are passed over
 * @returns       one sentence for each read
 */
export async function findEnvironmentReads(inputs: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const file of inputs) {
    if (AWS_SDK.test(file)) continue;
    const code = await withoutComments(file);
    for (const [, dotted, quoted] of code.matchAll(ACCESS)) {
      const variable = dotted ?? quoted;
      if (variable === undefined) found.push(`${file} reads process.env as a whole`);
      else if (!SET_BY_LAMBDA.test(variable)) found.push(`${file} reads process.env.${variable}`);
    }
    if (UNPACKED.some((way) => way.test(code))) found.push(`${file} takes env out of process`);
  }
  return found;
}

async function withoutComments(file: string): Promise<string> {
  const loader = /^\.[cm]?ts$/.test(extname(file)) ? "ts" : "js";
  const { code } = await transform(await readFile(file, "utf8"), { loader, legalComments: "none" });
  return code;
}

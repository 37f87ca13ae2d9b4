import { execFile } from "node:child_process";
import { promisify } from "node:util";

import type { GeneratedResponse, ViewerRequest, ViewerRequestEvent } from "../src/cloudfront/cloudfront.ts";

/** An event for the `index.mjs` of a folder. */
export interface Invocation {
  readonly dir: string;
  readonly event: ViewerRequestEvent | object;
}

/** What came of an {@link Invocation}; `error` is the code of what the handler threw, with its message. */
export interface InvocationResult {
  readonly answer?: ViewerRequest | GeneratedResponse;
  readonly error?: string;
  /** The lines that were written to the standard output meanwhile. */
  readonly log: readonly string[];
}

/** Runs in the child: imports each bundle and calls its handler as Lambda does. */
const RUNNER = `
let input = "";
for await (const chunk of process.stdin) input += chunk;
let log = [];
const write = process.stdout.write.bind(process.stdout);
process.stdout.write = (text) => log.push(...text.split("\\n").slice(0, -1));
console.log = (text) => process.stdout.write("as Lambda: " + text + "\\n");
const results = [];
for (const { dir, event } of JSON.parse(input)) {
  log = [];
  try {
    const bundle = await import("file://" + dir + "/index.mjs");
    if (Object.keys(bundle).join() !== "handler") throw new Error("exports " + Object.keys(bundle));
    results.push({ answer: await bundle.handler(event), log });
  } catch (error) {
    results.push({ error: error.code + ": " + error.message, log });
  }
}
write(JSON.stringify(results));
`;

/** Runs bundles in a fresh Node process that has only what Lambda gives: no module folders, no variables but AWS's own. */
export async function runBundles(invocations: readonly Invocation[]): Promise<InvocationResult[]> {
  const env = {
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
    AWS_SECRET_ACCESS_KEY: "none",
    AWS_SESSION_TOKEN: "none",
  };
  const running = promisify(execFile)(process.execPath, ["--input-type=module", "--eval", RUNNER], { env, cwd: "/" });
  running.child.stdin?.end(JSON.stringify(invocations));
  const { stdout, stderr } = await running;
  if (stderr !== "") throw new Error(`the bundles wrote to stderr: ${stderr}`);
  return JSON.parse(stdout) as InvocationResult[];
}

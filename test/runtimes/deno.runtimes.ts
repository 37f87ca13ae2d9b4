import { commandLine } from "./command-line.ts";
import { reportCoreTests } from "./report-core-tests.ts";

// Vitest asks the environment whether to print colours.
const args = ["run", "--no-remote", "--no-prompt", "--allow-env"];
await reportCoreTests(commandLine("deno", args, { name: "Deno", userAgent: /^Deno\// }));

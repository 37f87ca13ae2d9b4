import { commandLine } from "./command-line.ts";
import { describeRelayIn } from "./describe-relay.ts";
import { reportCoreTests } from "./report-core-tests.ts";

const run = ["run", "--no-remote", "--no-prompt"];

// Vitest asks the environment whether to print colours.
await reportCoreTests(commandLine("deno", [...run, "--allow-env"], { name: "Deno", userAgent: /^Deno\// }));
// The AWS SDK reads its own settings, and names the system in its user agent.
describeRelayIn("Deno", { closesUsedConnections: false }, [
  "deno",
  ...run,
  "--allow-env",
  "--allow-net",
  "--allow-read",
  "--allow-sys",
]);

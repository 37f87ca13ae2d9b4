import { commandLine } from "./command-line.ts";
import { describeRelayIn } from "./describe-relay.ts";
import { reportCoreTests } from "./report-core-tests.ts";

const run = ["run", "--no-install"];

await reportCoreTests(commandLine("bun", run, { name: "Bun", userAgent: /^Bun\// }));
describeRelayIn("Bun", {}, ["bun", ...run]);

import { commandLine } from "./command-line.ts";
import { reportCoreTests } from "./report-core-tests.ts";

await reportCoreTests(commandLine("bun", ["run", "--no-install"], { name: "Bun", userAgent: /^Bun\// }));

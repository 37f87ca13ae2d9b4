import { chromium } from "./chromium.ts";
import { reportCoreTests } from "./report-core-tests.ts";

await reportCoreTests(chromium);

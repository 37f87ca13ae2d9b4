import { describeRelayIn } from "./describe-relay.ts";
import { reportCoreTests } from "./report-core-tests.ts";
import { workerd } from "./workerd.ts";

await reportCoreTests(workerd);
describeRelayIn("workerd", { tellsOfLeaving: false });

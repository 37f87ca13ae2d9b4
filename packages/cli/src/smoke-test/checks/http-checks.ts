import type { HttpCheck } from "../deployment-session.ts";
import { aroundEdgeCheck } from "./around-edge.ts";
import { corsCheck } from "./cors.ts";
import { downloadCheck } from "./download.ts";
import { clientChecks } from "./first-use.ts";
import { leftUnusedChecks } from "./left-unused.ts";
import { pinnedChecks } from "./pinned.ts";
import { retriesCheck } from "./retries.ts";
import { secondUseChecks } from "./second-use.ts";
import { slowChecks } from "./slow.ts";
import { spellingCheck } from "./spelling.ts";

/** Every check over HTTP that takes seconds, but `issue` and `first-use`, which come before; in the order in which they run. */
export const quickChecks: readonly HttpCheck[] = [
  ...clientChecks,
  ...secondUseChecks,
  ...leftUnusedChecks,
  ...pinnedChecks,
  spellingCheck,
  retriesCheck,
  downloadCheck,
  corsCheck,
  aroundEdgeCheck,
];

/** Those and the slow ones. */
export const httpChecks: readonly HttpCheck[] = [...quickChecks, ...slowChecks()];

/** Most requests that the quick checks and the two before them send, less those that wait for a deployment; a test counts them. */
export const MOST_REQUESTS = 88;
/** Most requests that the slow checks send. */
export const MOST_SLOW_REQUESTS = 11;

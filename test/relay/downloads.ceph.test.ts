import { makeCephPlace } from "../e2e/ceph-place.ts";
import { describeRelayDownloads, runInProcess } from "./downloads-suite.ts";

for (const [strategy, versioned] of [
  ["versioning", true],
  ["conditional", false],
] as const)
  describeRelayDownloads(
    `a relay on Node and Ceph, versions ${versioned}`,
    () => makeCephPlace(strategy, versioned),
    (store) => runInProcess(strategy, store),
  );

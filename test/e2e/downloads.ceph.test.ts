import { makeCephPlace } from "./ceph-place.ts";
import { describeDownloads, startDownloadEdge } from "./downloads-suite.ts";

describeDownloads("Ceph with versions", async (tokens) =>
  startDownloadEdge(await makeCephPlace("versioning", true), tokens),
);
describeDownloads("Ceph without versions", async (tokens) =>
  startDownloadEdge(await makeCephPlace("conditional", false), tokens),
);

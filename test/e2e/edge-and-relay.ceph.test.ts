import { makeCephPlace } from "./ceph-place.ts";
import { describeEdgeAndRelay } from "./edge-and-relay-suite.ts";

describeEdgeAndRelay("Ceph with versions", async () => {
  const place = await makeCephPlace("versioning", true);
  return { ...place, options: { strategy: "versioning" } };
});

import { makeCephPlace } from "./ceph-place.ts";
import { describeIssuing } from "./issuing-suite.ts";

describeIssuing("Ceph with versions", () => makeCephPlace("versioning", true));

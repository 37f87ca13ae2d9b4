import { makeCephPlace } from "./ceph-place.ts";
import { describeRaces } from "./races-suite.ts";

describeRaces("Ceph with versions", 20, () => makeCephPlace("versioning", true));
describeRaces("Ceph with conditional writes, unversioned", 20, () => makeCephPlace("conditional", false));

import { makeCephPlace } from "./ceph-place.ts";
import { describeSingleUse } from "./single-use-suite.ts";

describeSingleUse("Ceph with versions", () => makeCephPlace("versioning", true));
describeSingleUse("Ceph with conditional writes, unversioned", () => makeCephPlace("conditional", false));

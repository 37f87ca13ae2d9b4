import { makeCephPlace } from "./ceph-place.ts";
import { describeOperator } from "./operator-suite.ts";

describeOperator("Ceph with versions", () => makeCephPlace("versioning", true));
describeOperator("Ceph with conditional writes, unversioned", () => makeCephPlace("conditional", false));
describeOperator("Ceph with sealed URLs, unversioned", () => makeCephPlace("sealed", false));

import { makeCephPlace } from "../e2e/ceph-place.ts";
import { describeRotation } from "./rotation-suite.ts";

describeRotation("Ceph", () => makeCephPlace("versioning", true));

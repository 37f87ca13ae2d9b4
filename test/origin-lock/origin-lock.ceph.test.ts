import { makeCephPlace } from "../e2e/ceph-place.ts";
import { describeOriginLock } from "./origin-lock-suite.ts";

describeOriginLock("Ceph", () => makeCephPlace("versioning", true));

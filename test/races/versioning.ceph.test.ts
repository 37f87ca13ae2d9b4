import { makeCephPlace } from "../e2e/ceph-place.ts";
import { testRaces } from "./two-process-suite.ts";

testRaces("Ceph 16 with versions", "versioning", 100, () => makeCephPlace("versioning", true));

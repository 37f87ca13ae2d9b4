import { makeCephPlace } from "../e2e/ceph-place.ts";
import { testRaces } from "./two-process-suite.ts";

testRaces("Ceph 16 without versions", "sealed", 50, () => makeCephPlace("sealed", false));

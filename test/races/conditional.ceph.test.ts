import { makeCephPlace } from "../e2e/ceph-place.ts";
import { testRaces } from "./two-process-suite.ts";

testRaces("Ceph 16 without versions", "conditional", 100, () => makeCephPlace("conditional", false));

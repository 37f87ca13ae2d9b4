import { makeCephPlace } from "../e2e/ceph-place.ts";
import { testRaces } from "./two-process-suite.ts";

testRaces("Ceph 16 without versions", "conditional-unquoted", 100, () => makeCephPlace("conditional-unquoted", false));

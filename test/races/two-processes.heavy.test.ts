import { makeR2Place } from "../origin-lock/r2-place.ts";
import { testRaces } from "./two-process-suite.ts";

testRaces("R2", "conditional", 200, makeR2Place);

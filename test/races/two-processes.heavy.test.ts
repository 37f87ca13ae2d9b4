import { makeR2Place } from "../origin-lock/r2-place.ts";
import { testRaces } from "./two-process-suite.ts";

testRaces("R2", "conditional", 200, makeR2Place);
testRaces("R2", "conditional-sdk", 50, makeR2Place);
testRaces("R2", "sealed", 200, makeR2Place);

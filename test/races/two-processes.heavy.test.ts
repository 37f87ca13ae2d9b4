import { makeR2Place } from "../origin-lock/r2-place.ts";
import { testRaces } from "./two-process-suite.ts";

testRaces("R2", "conditional", 100, makeR2Place);
testRaces("R2", "conditional-sdk", 25, makeR2Place);
testRaces("R2", "sealed", 100, makeR2Place);

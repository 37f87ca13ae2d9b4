import { makeR2Place } from "./r2-place.ts";
import { describeRotation } from "./rotation-suite.ts";

describeRotation("R2", makeR2Place);

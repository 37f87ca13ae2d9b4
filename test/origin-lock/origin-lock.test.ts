import { describeOriginLock } from "./origin-lock-suite.ts";
import { makeR2Place } from "./r2-place.ts";

describeOriginLock("R2", makeR2Place);

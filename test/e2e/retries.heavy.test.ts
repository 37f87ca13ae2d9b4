import { makeR2Place } from "../origin-lock/r2-place.ts";
import { describeRetries } from "./retries-suite.ts";

describeRetries("R2", "object", makeR2Place);

import { makeR2Place } from "../origin-lock/r2-place.ts";
import { describeStoredState } from "./stored-state-suite.ts";

describeStoredState("R2", { rounds: 20 }, makeR2Place);

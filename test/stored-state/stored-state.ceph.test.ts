import { makeCephPlace } from "../e2e/ceph-place.ts";
import { describeStoredState } from "./stored-state-suite.ts";

describeStoredState("Ceph", { rounds: 200 }, () => makeCephPlace("versioning", true));

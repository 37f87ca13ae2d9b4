import { makeCephPlace } from "./ceph-place.ts";
import { describeRetries } from "./retries-suite.ts";

describeRetries("Ceph with versions", "versions", () => makeCephPlace("versioning", true));

import { makeCephPlace } from "../e2e/ceph-place.ts";
import { describeEchoSearch } from "./echo-suite.ts";

describeEchoSearch("Ceph", { everyHeader: true, random: 500 }, () => makeCephPlace("versioning", true));

import { makeCephPlace } from "./ceph-place.ts";
import { describeDownloads } from "./downloads-suite.ts";

describeDownloads("Ceph with versions", () => makeCephPlace("versioning", true));
describeDownloads("Ceph without versions", () => makeCephPlace("conditional-unquoted", false));

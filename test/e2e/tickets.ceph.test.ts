import { makeCephPlace } from "./ceph-place.ts";
import { describeTickets } from "./tickets-suite.ts";

describeTickets("Ceph with versions", () => makeCephPlace("versioning", true));
describeTickets("Ceph without versions", () => makeCephPlace("conditional", false));

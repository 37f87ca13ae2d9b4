import { describeEchoSearch } from "./echo-suite.ts";
import { makeR2Place } from "./r2-place.ts";

describeEchoSearch("R2", { everyHeader: true, random: 4_000 }, makeR2Place);

import { coldStart } from "./cold-start.ts";
import { cpu } from "./cpu.ts";
import { growth } from "./growth.ts";
import { refusals } from "./refusals.ts";
import { requests } from "./requests.ts";
import type { Section } from "./section.ts";
import { size } from "./size.ts";
import { throughput } from "./throughput.ts";
import { time } from "./time.ts";

/** Every section, in the order in which they are run. */
export const sections: readonly Section[] = [requests, cpu, time, refusals, size, coldStart, throughput, growth];

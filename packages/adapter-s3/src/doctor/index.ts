export { doctor, type DoctorOptions, type LawReport, type StrategyReport } from "./doctor.ts";
export { injectFault } from "./faulty-client.ts";

export { doctor, type DoctorOptions, type StrategyReport } from "./doctor.ts";
export { examineUploads, type UploadsReport } from "./examine-uploads.ts";
export { INJECTED_FAULTS, injectFault } from "./faulty-s3.ts";
export { lawsOf } from "./laws-of.ts";

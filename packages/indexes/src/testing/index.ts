export { raceInProcesses, type RaceOptions, type RaceResult } from "./race-in-processes.ts";

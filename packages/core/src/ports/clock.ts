/** The time, as a port, so that tests own it. */
export interface Clock {
  /** The current time. */
  now(): Date;
}

/** The clock of the runtime. */
export const systemClock: Clock = { now: () => new Date() };

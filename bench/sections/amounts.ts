/** How much is measured. A batch is what one contender does in its turn before the next one has its own. */
export interface Amounts {
  readonly counted: { readonly urls: number };
  readonly cpu: { readonly rounds: number; readonly warmUp: number; readonly batch: number };
  readonly time: {
    readonly roundTripsMs: readonly number[];
    readonly warm: { readonly rounds: number; readonly batch: number };
    readonly cold: { readonly rounds: number };
  };
  readonly refusals: {
    readonly rounds: number;
    readonly warmUp: number;
    readonly batch: number;
    /** Of used URLs: these refusals send requests to S3. */
    readonly usedBatch: number;
  };
  readonly coldStart: {
    /** Fresh processes of each handler that handle one request. */
    readonly starts: number;
    /** Fresh processes of each handler, measured for memory after many requests. */
    readonly memory: number;
  };
  readonly throughput: { readonly rounds: number; readonly batch: number };
  readonly growth: { readonly rounds: number; readonly entries: readonly number[] };
}

/** About ten minutes. */
export const full: Amounts = {
  counted: { urls: 20 },
  cpu: { rounds: 24, warmUp: 6, batch: 100 },
  time: { roundTripsMs: [0, 20, 80, 200], warm: { rounds: 5, batch: 3 }, cold: { rounds: 5 } },
  refusals: { rounds: 30, warmUp: 5, batch: 1_000, usedBatch: 50 },
  coldStart: { starts: 9, memory: 2 },
  throughput: { rounds: 5, batch: 200 },
  growth: { rounds: 100, entries: [1, 1_000, 100_000] },
};

/** Less than a minute: enough to see that all of it runs, and which way a figure went. */
export const quick: Amounts = {
  counted: { urls: 3 },
  cpu: { rounds: 5, warmUp: 1, batch: 40 },
  time: { roundTripsMs: [0, 80], warm: { rounds: 1, batch: 3 }, cold: { rounds: 2 } },
  refusals: { rounds: 5, warmUp: 2, batch: 500, usedBatch: 20 },
  coldStart: { starts: 3, memory: 0 },
  throughput: { rounds: 1, batch: 60 },
  growth: { rounds: 10, entries: [1, 1_000] },
};

/** How far an upload is. */
export interface UploadProgress {
  readonly sentBytes: number;
  readonly totalBytes: number;
  /** Average since the upload began; 0 at its very beginning. */
  readonly bytesPerSecond: number;
  /** At that rate; `Infinity` while the rate is 0. */
  readonly secondsLeft: number;
}

/** Receives progress events, and reports them at a limited rate. */
export interface ProgressReport {
  /** So much was sent so far. */
  sent(bytes: number): void;
  /** Reports what is not reported yet, and nothing from then on. @param bytes  sent in all, if it is known */
  end(bytes?: number): void;
}

/** 20 reports a second: browsers fire up to thousands, and a page that shows each of them freezes. */
const LEAST_MS = 50;

/** Reports the progress of one upload at most 20 times a second, and its last state in any case. */
export function reportProgress(totalBytes: number, onProgress?: (progress: UploadProgress) => void): ProgressReport {
  const started = performance.now();
  let [latest, reported, reportedAt] = [0, 0, -Infinity];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  const report = (): void => {
    timer = undefined;
    reported = latest;
    reportedAt = performance.now();
    onProgress?.(progressOf(latest, totalBytes, reportedAt - started));
  };
  return {
    sent(bytes) {
      latest = bytes;
      const waitMs = reportedAt + LEAST_MS - performance.now();
      if (waitMs <= 0) report();
      else timer ??= setTimeout(report, waitMs);
    },
    end(bytes = latest) {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      latest = bytes;
      if (latest !== reported) report();
    },
  };
}

function progressOf(sentBytes: number, totalBytes: number, ms: number): UploadProgress {
  const bytesPerSecond = ms > 0 ? (sentBytes * 1000) / ms : 0;
  const leftBytes = totalBytes - sentBytes;
  return { sentBytes, totalBytes, bytesPerSecond, secondsLeft: leftBytes === 0 ? 0 : leftBytes / bytesPerSecond };
}

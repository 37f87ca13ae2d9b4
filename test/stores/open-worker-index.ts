import type { SignatureHash, SignatureIndex } from "@presign-once/core";

import type { IndexCall } from "./index-worker.ts";

/** A store of the Worker, and where the Worker is: JSON, for processes that race. */
export interface WorkerPlace {
  readonly url: string;
  readonly store: IndexCall["store"];
}

/** Opens a handle on an index that runs in a Worker, for `raceInProcesses` too. */
export function open({ url, store }: WorkerPlace, fault?: IndexCall["fault"]): SignatureIndex {
  async function call<Outcome>(method: IndexCall["method"], hash: SignatureHash, rest: object = {}): Promise<Outcome> {
    const answer = await fetch(url, { method: "POST", body: JSON.stringify({ store, fault, method, hash, ...rest }) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`the Worker answered ${answer.status}: ${text}`);
    const isTime = (name: string) => name === "at" || name === "since";
    return JSON.parse(text, (name, value: unknown) => (isTime(name) ? new Date(String(value)) : value)) as Outcome;
  }
  return {
    register: (hash, { expiresAt }) => call("register", hash, { expiresAt: expiresAt.getTime() }),
    claim: (hash, claimant) => call("claim", hash, { claimant }),
    revoke: (hash) => call("revoke", hash),
    inspect: (hash) => call("inspect", hash),
  };
}

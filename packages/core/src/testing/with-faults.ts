import type { StoreFault } from "./index-law.ts";

/** One call of a method. */
export interface ClientCall {
  readonly method: string;
  readonly args: readonly unknown[];
}

/**
 * What a call of a client is: a request that may change the store, any other request, or a `step` that asks the store nothing and
 * returns an object on which the request is made, such as `prepare`.
 */
export type CallKind = "write" | "read" | "step";

/** How a client is used. */
export interface FaultOptions {
  /**
   * Tells what the last of some calls is; those before it are the steps that led to it.
   *
   * A write that counts as a read, or the reverse, makes the laws about faults prove nothing.
   */
  kindOf(calls: readonly ClientCall[]): CallKind;
  /** True where requests return their answer at once and throw; default false: they return promises, which reject. */
  readonly isSynchronous?: boolean;
  /** What the client throws where the store refuses a write for now, such as a serialization failure; default: any error. */
  readonly conflict?: unknown;
}

/**
 * Makes the client of one handle suffer a fault of the laws, whatever store it talks to; the client itself stays as it is.
 *
 * Requests that the fault lets through are real. What is made up is an error: a lost one has the code `ECONNRESET`.
 *
 * @param client  anything whose methods make the requests of an index: a pool, a connection, a binding
 * @param fault   default: none, and the client is returned as it is
 * @example
 * const kindOf = ([{ args }]) => (/^(INSERT|UPDATE)/.test(args[0]) ? "write" : "read");
 * const harness = { faults: allFaults, open: (fault) => createMyIndex(withFaults(pool, fault, { kindOf })) };
 */
export function withFaults<Client extends object>(
  client: Client,
  fault: StoreFault | undefined,
  { kindOf, isSynchronous = false, conflict = new Error("simulated conflict") }: FaultOptions,
): Client {
  if (fault === undefined) return client;
  let isFirstWrite = true;

  const fail = (error: unknown): unknown => {
    if (!isSynchronous) return Promise.reject(error);
    throw error as Error;
  };

  function request(kind: "write" | "read", send: () => unknown): unknown {
    const isLost = kind === "write" && isFirstWrite;
    if (kind === "write") isFirstWrite = false;
    switch (fault) {
      case "unavailable-storm":
        return fail(new Error("simulated: the store is unavailable"));
      case "conflict-storm":
        return kind === "write" ? fail(conflict) : send();
      case "lost-request":
        return isLost ? fail(lost()) : send();
      case "lost-answer": {
        const answer = send();
        if (!isLost) return answer;
        // A store that refused the write has not answered either.
        return isSynchronous ? fail(lost()) : Promise.resolve(answer).then(failLost, failLost);
      }
      case undefined:
        return send();
    }
  }

  const wrap = (target: object, before: readonly ClientCall[]): object =>
    new Proxy(target, {
      get(_target, name) {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== "function" || typeof name === "symbol") return member;
        return (...args: readonly unknown[]) => {
          const calls = [...before, { method: name, args }];
          const send = (): unknown => Reflect.apply(member, target, args);
          const kind = kindOf(calls);
          if (kind !== "step") return request(kind, send);
          const next = send();
          return typeof next === "object" && next !== null ? wrap(next, calls) : next;
        };
      },
    });
  return wrap(client, []) as Client;
}

function failLost(): never {
  throw lost();
}

function lost(): Error {
  return Object.assign(new Error("simulated: no answer arrived"), { code: "ECONNRESET" });
}

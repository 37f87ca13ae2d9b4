import type { Claimant, SignatureIndex } from "@presign-once/core";

import type { TimeLimits } from "../deadline.ts";
import { createEntryIndex } from "../entry-index.ts";
import { entryOf } from "../settled-entry.ts";

/** What the index uses of the binding of a class of Durable Objects. */
export interface DurableObjectBinding<Id = unknown> {
  idFromName(name: string): Id;
  get(id: Id): {
    fetch(
      url: string,
      init: { method: string; body: string },
    ): Promise<{ ok: boolean; status: number; json(): Promise<unknown> }>;
  };
}

/** What {@link SignatureIndexObject} uses of the state that the runtime gives it. */
export interface DurableObjectContext {
  readonly storage: Pick<Storage, "get" | "put"> & {
    transaction<T>(steps: (storage: Storage) => Promise<T>): Promise<T>;
    setAlarm(time: number): Promise<void>;
    deleteAll(): Promise<void>;
  };
}

interface Storage {
  get(key: string): Promise<unknown>;
  put(key: string, value: unknown): Promise<void>;
}

/** A request to the object of one hash. */
type Task = { readonly create: number } | { readonly settle: Claimant | null } | { readonly read: true };

/** What it holds. */
interface Stored {
  readonly at?: number;
  readonly by?: Claimant | null;
}

/** An entry may go a day after its URL has ended. */
const MARGIN_MS = 86_400_000;

/**
 * The Durable Object of one hash: export it from your Worker and bind it. It removes itself a day after its URL has ended.
 *
 * @see https://developers.cloudflare.com/durable-objects/api/legacy-kv-storage-api/#transaction
 */
export class SignatureIndexObject {
  readonly #storage: DurableObjectContext["storage"];

  constructor({ storage }: DurableObjectContext) {
    this.#storage = storage;
  }

  /** Carries out one request of the index. */
  async fetch(request: { json(): Promise<unknown> }): Promise<Response> {
    const task = (await request.json()) as Task;
    if ("create" in task) await this.#storage.setAlarm(task.create + MARGIN_MS);
    const answer = await this.#storage.transaction(async (storage) => {
      const stored = (await storage.get("entry")) as Stored | undefined;
      if ("read" in task) return stored ?? null;
      const writes = "create" in task ? stored === undefined : stored !== undefined && stored.at === undefined;
      if (writes) await storage.put("entry", "create" in task ? {} : { at: Date.now(), by: task.settle });
      return writes;
    });
    return Response.json(answer);
  }

  /** Removes the entry. */
  async alarm(): Promise<void> {
    await this.#storage.deleteAll();
  }
}

/**
 * Creates an index in Durable Objects, one for each hash: a claim is one request to it.
 *
 * At most one claim wins: there is one object of a name in the world, and a transaction of its storage reads and writes at once.
 *
 * Not checked: an object that point-in-time recovery has set back to an earlier state.
 *
 * @param options.namespace  the binding of {@link SignatureIndexObject}
 * @param options.limits     of the time
 * @see https://developers.cloudflare.com/durable-objects/
 */
export function createDurableObjectIndex<Id>(options: {
  readonly namespace: DurableObjectBinding<Id>;
  readonly limits?: TimeLimits;
}): SignatureIndex {
  const { namespace, limits } = options;
  async function ask(hash: string, task: Task): Promise<unknown> {
    const object = namespace.get(namespace.idFromName(hash));
    const answer = await object.fetch("https://index.invalid/", { method: "POST", body: JSON.stringify(task) });
    if (!answer.ok) throw new Error(`the Durable Object answered ${answer.status}`);
    return answer.json();
  }

  return createEntryIndex(
    {
      create: async (hash, expiresAt) => (await ask(hash, { create: expiresAt.getTime() })) === true,
      settle: async (hash, by) => (await ask(hash, { settle: by })) === true,
      async read(hash) {
        const stored = (await ask(hash, { read: true })) as Stored | null;
        return stored === null ? undefined : entryOf(stored.by, stored.at);
      },
    },
    limits,
  );
}

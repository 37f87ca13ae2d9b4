/** A Worker whose bindings are indexes: each request is one call of a handle, opened for it. Runs in workerd. */
import type { Claimant, SignatureHash, SignatureIndex } from "@presign-once/core";
import { type CallKind, type ClientCall, type StoreFault, withFaults } from "@presign-once/core/testing";
import {
  createD1Index,
  createDurableObjectIndex,
  createR2Index,
  type D1Binding,
  d1Schema,
  type DurableObjectBinding,
  type R2Binding,
  SignatureIndexObject,
} from "@presign-once/indexes/cloudflare";

export { SignatureIndexObject };

/** What to do: JSON in the body of a request. */
export interface IndexCall {
  readonly store: "r2" | "d1" | "durable-object";
  readonly fault?: StoreFault | undefined;
  readonly method: keyof SignatureIndex;
  readonly hash: SignatureHash;
  readonly claimant?: Claimant;
  readonly expiresAt?: number;
}

interface Bindings {
  readonly BUCKET: R2Binding;
  readonly DATABASE: D1Binding;
  readonly OBJECTS: DurableObjectBinding;
}

// oxlint-disable-next-line import/no-default-export -- the form of a Worker
export default {
  async fetch(request: Request, bindings: Bindings): Promise<Response> {
    if (new URL(request.url).pathname === "/schema") {
      await bindings.DATABASE.prepare(d1Schema()).bind().run();
      return new Response();
    }
    const { store, fault, method, hash, claimant, expiresAt = 0 } = (await request.json()) as IndexCall;
    const index = openIndex(store, fault, bindings);
    switch (method) {
      case "register":
        return Response.json(await index.register(hash, { expiresAt: new Date(expiresAt) }));
      case "claim":
        return Response.json(await index.claim(hash, claimant ?? ("" as Claimant)));
      case "revoke":
        return Response.json(await index.revoke(hash));
      case "inspect":
        return Response.json(await index.inspect(hash));
    }
  },
};

function openIndex(store: IndexCall["store"], fault: StoreFault | undefined, bindings: Bindings): SignatureIndex {
  const limits = fault?.endsWith("storm") === true ? { totalMs: 600 } : { requestMs: 10_000, totalMs: 30_000 };
  switch (store) {
    case "r2": {
      const kindOf = ([call]: readonly ClientCall[]): CallKind => (call?.method === "put" ? "write" : "read");
      return createR2Index({ bucket: withFaults(bindings.BUCKET, fault, { kindOf }), limits });
    }
    case "d1": {
      const kinds: Record<string, CallKind> = { run: "write", first: "read" };
      const kindOf = (calls: readonly ClientCall[]): CallKind => kinds[calls.at(-1)?.method ?? ""] ?? "step";
      return createD1Index({ database: withFaults(bindings.DATABASE, fault, { kindOf }), limits });
    }
    case "durable-object": {
      const kindOf = (calls: readonly ClientCall[]): CallKind => {
        const { method, args } = calls.at(-1) ?? { method: "", args: [] };
        if (method !== "fetch") return "step";
        return (args[1] as { body: string }).body === '{"read":true}' ? "read" : "write";
      };
      const { OBJECTS } = bindings;
      // An id is no client, and what `get` takes must be the id itself.
      const namespace = withFaults({ get: (id: unknown) => OBJECTS.get(id) }, fault, { kindOf });
      const idFromName = (name: string) => OBJECTS.idFromName(name);
      return createDurableObjectIndex({ namespace: { idFromName, get: (id) => namespace.get(id) }, limits });
    }
  }
}

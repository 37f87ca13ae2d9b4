import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe } from "node:diagnostics_channel";
import type { ClientRequest } from "node:http";

import { S3Client } from "@aws-sdk/client-s3";
import { DEFAULT_LIMITS, type IndexPlace, type IndexS3, type TimeLimits } from "@presign-once/adapter-s3";
import { strategies, type Strategy } from "@presign-once/adapter-s3/strategies";
import type { SignatureIndex } from "@presign-once/core";

import { type TransportName, transports } from "../conformance/transports.ts";
import { type FaultProxy, type ProxiedRequest, startFaultProxy } from "../servers/fault-proxy.ts";
import type { Fault } from "../servers/fault.ts";
import type { S3Server } from "../servers/s3-server.ts";
import { reachesTheServer } from "./draw-fault.ts";
import type { RoundPlan } from "./round-plan.ts";

/** A request of a round, and what was decided about it. */
export interface Disturbed {
  readonly who: string;
  readonly what: string;
  readonly fault: Fault;
  /** Number of the request in the network's log. */
  readonly n: number;
}

/** A server behind a failing network, and as many index handles as a round needs. */
export interface Lab {
  readonly server: Omit<S3Server, "stop">;
  readonly bucket: string;
  readonly strategy: Strategy;
  /** Straight to the server, past the network. */
  readonly s3: S3Client;
  /** An index whose requests are of one participant of a round. Different numbers share nothing but the bucket. */
  index(handle: number, plan: RoundPlan, who: string): SignatureIndex;
  /** The index as it is on a calm day, past the network. */
  readonly calmIndex: SignatureIndex;
  /** Lets the network look after a round; returns what it did so far, which grows. */
  begin(plan: RoundPlan): readonly Disturbed[];
  /** Waits until all that can still reach the server has reached it, and forgets the round. */
  settle(plan: RoundPlan, disturbed: readonly Disturbed[]): Promise<void>;
  /** A new network for the next rounds, so that the log of the last one does not grow for ever. */
  renewNetwork(): Promise<void>;
  stop(): Promise<void>;
}

/** What an index has here: little, so that many rounds are over soon. */
const SHORT_LIMITS: TimeLimits = { requestMs: 200, totalMs: 700 };

/** Whose requests are being made: the network has to know, and no transport has to be told. */
const participant = new AsyncLocalStorage<string>();
subscribe("http.client.request.created", (message) => {
  const name = participant.getStore();
  if (name !== undefined) (message as { request: ClientRequest }).request.setHeader("x-participant", name);
});

/** How long the last requests of a round may take on a busy machine, in milliseconds. */
const PATIENCE_MS = 4_000;

/** The limits of a round. */
export function limitsOf({ fullLimits }: RoundPlan): TimeLimits {
  return fullLimits ? DEFAULT_LIMITS : SHORT_LIMITS;
}

/**
 * Sets a lab up.
 *
 * @param options.transport  how the index under test reaches S3; default: as at the edge
 * @param options.create     makes the index under test; default: that of the strategy
 */
export async function createLab(
  server: Omit<S3Server, "stop">,
  bucket: string,
  strategy: Strategy,
  {
    transport = "lean",
    create = strategies[strategy].create,
  }: { readonly transport?: TransportName; readonly create?: (place: IndexPlace) => SignatureIndex } = {},
): Promise<Lab> {
  const rounds = new Map<
    number,
    { readonly plan: RoundPlan; readonly seen: Disturbed[]; readonly counts: Map<string, number> }
  >();
  let ways: ReturnType<(typeof transports)[TransportName]>[] = [];
  let network = await newNetwork();
  const calm = transports[transport](server);
  const s3 = new S3Client({ ...server, maxAttempts: 5 }); // R2 drops kept connections now and then, as servers may

  async function newNetwork(): Promise<FaultProxy> {
    return startFaultProxy({ upstream: server.endpoint, decide });
  }

  function decide({ n, method, path, query, headers }: ProxiedRequest): Fault {
    const [round = "", who = ""] = String(headers["x-participant"]).split("/");
    const current = rounds.get(Number(round));
    if (current === undefined) return { kind: "pass" };
    const folder = /\/(valid|expired)\//.exec(path)?.[1] ?? "";
    const kind = [method, folder, ...[...query.keys()].filter((key) => key === "versions" || key === "versioning")]
      .filter((word) => word !== "")
      .join(" ");
    const earlier = current.counts.get(`${who} ${kind}`) ?? 0;
    current.counts.set(`${who} ${kind}`, earlier + 1);
    const what = `${kind} ${earlier}`;
    const fault = current.plan.faultOf(who, what, limitsOf(current.plan));
    current.seen.push({ who, what, fault, n });
    return fault;
  }

  /** One way to the server for each handle, since participants share no connection. */
  function wayOf(handle: number): IndexS3 {
    const way = (ways[handle] ??= transports[transport]({ ...server, endpoint: network.endpoint }));
    return way.s3;
  }

  async function endNetwork(): Promise<void> {
    for (const way of ways) way?.close();
    ways = [];
    await network.stop();
  }

  return {
    server,
    bucket,
    strategy,
    s3,
    calmIndex: strategies[strategy].create({ s3: calm.s3, bucket }),
    index(handle, plan, who) {
      const index = create({ s3: wayOf(handle), bucket, limits: limitsOf(plan) });
      const as = <T>(make: () => T): T => participant.run(`${plan.round}/${who}`, make);
      return {
        register: (...entry) => as(() => index.register(...entry)),
        claim: (...claim) => as(() => index.claim(...claim)),
        revoke: (hash) => as(() => index.revoke(hash)),
        inspect: (hash) => as(() => index.inspect(hash)),
      };
    },
    begin(plan) {
      const seen: Disturbed[] = [];
      rounds.set(plan.round, { plan, seen, counts: new Map() });
      return seen;
    },
    async settle(plan, disturbed) {
      const end = performance.now() + 3 * limitsOf(plan).requestMs + PATIENCE_MS;
      const isUnderWay = ({ n, fault }: Disturbed) =>
        reachesTheServer(fault) && network.requests[n - 1]?.upstreamStatus === undefined;
      while (performance.now() < end && disturbed.some(isUnderWay))
        await new Promise((resolve) => setTimeout(resolve, 10));
      rounds.delete(plan.round);
    },
    async renewNetwork() {
      await endNetwork();
      network = await newNetwork();
    },
    async stop() {
      await endNetwork();
      s3.destroy();
      calm.close();
    },
  };
}

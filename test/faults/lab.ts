import { S3Client } from "@aws-sdk/client-s3";
import {
  createS3Client,
  DEFAULT_LIMITS,
  type IndexPlace,
  strategies,
  type Strategy,
  type TimeLimits,
} from "@presign-once/adapter-s3";
import type { SignatureIndex } from "@presign-once/core";

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

/** How long the last requests of a round may take on a busy machine, in milliseconds. */
const PATIENCE_MS = 4_000;

/** The limits of a round. */
export function limitsOf({ fullLimits }: RoundPlan): TimeLimits {
  return fullLimits ? DEFAULT_LIMITS : SHORT_LIMITS;
}

/**
 * Sets a lab up.
 *
 * @param create  makes the index under test; default: that of the strategy
 */
export async function createLab(
  server: Omit<S3Server, "stop">,
  bucket: string,
  strategy: Strategy,
  create: (place: IndexPlace) => SignatureIndex = strategies[strategy],
): Promise<Lab> {
  const rounds = new Map<
    number,
    { readonly plan: RoundPlan; readonly seen: Disturbed[]; readonly counts: Map<string, number> }
  >();
  const tags = new Map<number, string>();
  let clients: S3Client[] = [];
  let network = await newNetwork();
  const calmClient = createS3Client(server);
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

  /** One client for each handle, since participants share no connection. */
  function clientOf(handle: number): S3Client {
    const existing = clients[handle];
    if (existing !== undefined) return existing;
    const client = createS3Client({ ...server, endpoint: network.endpoint });
    client.middlewareStack.add(
      (next) => async (args) => {
        (args.request as { headers: Record<string, string> }).headers["x-participant"] = tags.get(handle) ?? "";
        return next(args);
      },
      { step: "build", name: "nameParticipant" },
    );
    clients[handle] = client;
    return client;
  }

  async function endNetwork(): Promise<void> {
    for (const client of clients) client?.destroy();
    clients = [];
    await network.stop();
  }

  return {
    server,
    bucket,
    strategy,
    s3,
    calmIndex: strategies[strategy]({ s3: calmClient, bucket }),
    index(handle, plan, who) {
      tags.set(handle, `${plan.round}/${who}`);
      return create({ s3: clientOf(handle), bucket, limits: limitsOf(plan) });
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
      calmClient.destroy();
    },
  };
}

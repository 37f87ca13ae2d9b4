import { createHash } from "node:crypto";

import { createNumbering } from "./numbering.ts";
import type { S3Answer, S3Request, ShownVersion } from "./s3-exchange.ts";

/**
 * How a simulated S3 orders and shows what is written.
 *
 * - `linearizable`: a PUT is one step; versions are listed in the order in which they became visible.
 * - `arrival-ordered`: a PUT is two steps. When it arrives it gets its place among the versions; when it commits it
 *   becomes visible and is answered. Writes may commit out of order. The visible version with the latest place is the
 *   current one. A condition is evaluated at the commit, in one step with it: what S3 documents.
 * - `arrival-checked`: the same, but a condition is evaluated on arrival and not again: a conditional write that is not
 *   atomic, which is how versioned buckets of Ceph RGW were measured to behave.
 */
export type VersionOrder = "linearizable" | "arrival-ordered" | "arrival-checked";

/** A simulated S3, as a set of rules; its state is a {@link Store}. */
export interface S3Model {
  readonly order: VersionOrder;
  /** ETags that are no MD5, and differ for every version: SSE-KMS. Default false. */
  readonly encrypted?: boolean;
  /** Versions on one page of a list. Default 1,000. */
  readonly pageSize?: number;
}

/** One version of a key. `visible` is false between its arrival and its commit. */
export interface StoredVersion extends ShownVersion {
  readonly by: string;
  readonly body: string;
  readonly visible: boolean;
  /** A delete marker. */
  readonly deleted?: true;
}

/** Everything in the bucket: versions grouped by key, each group in order of arrival. Never changed in place. */
export type Store = readonly StoredVersion[];

const numberOf = createNumbering<S3Request>();

/** The steps of a simulated S3. They change nothing in place: each returns the bucket as it is after the step. */
export interface SimulatedS3 {
  /** Tells whether a request takes a step of its own to arrive, before the one that serves it. */
  arrivesFirst(request: S3Request): boolean;
  /** A PUT arrives: it gets its place, or is refused at once where conditions are evaluated on arrival. */
  arrive(store: Store, request: S3Request): Arrived | Served;
  /**
   * Serves a request, in one atomic step.
   *
   * @param place  what a write got when it arrived, where that was a step of its own
   */
  serve(store: Store, request: S3Request, place?: string): Served;
}

/** A write has its place, and nothing is visible yet. */
export interface Arrived {
  readonly store: Store;
  readonly place: string;
}

/** A request was carried out, or refused. */
export interface Served {
  readonly store: Store;
  readonly answer: S3Answer;
}

/**
 * Creates a simulated S3.
 *
 * The same step from the same bucket returns the same objects, so that an explorer of millions of steps can
 * compare buckets and answers by identity.
 */
export function createSimulatedS3(model: S3Model): SimulatedS3 {
  const stores = new Map<string, Store>();
  const known = new WeakMap<Store, Map<string, Arrived | Served>>();

  function remember<T extends Arrived | Served>(store: Store, step: string, work: () => T): T {
    let steps = known.get(store);
    if (steps === undefined) known.set(store, (steps = new Map<string, Arrived | Served>()));
    let result = steps.get(step) as T | undefined;
    if (result === undefined) {
      result = work();
      const text = JSON.stringify(result.store);
      const twin = stores.get(text);
      if (twin === undefined) stores.set(text, result.store);
      else result = { ...result, store: twin };
      steps.set(step, result);
    }
    return result;
  }

  return {
    arrivesFirst: ({ op }) => model.order !== "linearizable" && op === "PUT",
    arrive: (store, request) => remember(store, `> ${numberOf(request)}`, () => arrive(model, store, request)),
    serve: (store, request, place) =>
      remember(store, `${place ?? ""} ${numberOf(request)}`, () => serve(model, store, request, place)),
  };
}

function arrive(model: S3Model, store: Store, request: S3Request): Arrived | Served {
  if (request.op !== "PUT") throw new Error("only writes arrive");
  const refusal = model.order === "arrival-checked" ? refuse(store, request) : undefined;
  if (refusal !== undefined) return { store, answer: refusal };
  const { key, by, body } = request;
  const last = store.findLast((version) => version.key === key && version.by === by)?.id;
  const id = `${by}${last === undefined ? 1 : Number(last.slice(by.length)) + 1}`;
  const etag = md5(model.encrypted === true ? `${id} ${body}` : body);
  const version: StoredVersion = { key, id, etag, by, body, visible: false };
  const before = store.filter((other) => other.key <= key);
  return { store: [...before, version, ...store.slice(before.length)], place: id };
}

function serve(model: S3Model, store: Store, request: S3Request, place?: string): Served {
  if (request.op === "DELETE") return mark(store, request);
  if (request.op !== "PUT") return { store, answer: read(model, store, request) };
  if (place === undefined) {
    const arrived = arrive(model, store, request);
    return "answer" in arrived ? arrived : serve(model, arrived.store, request, arrived.place);
  }
  const isOurs = ({ key, id }: StoredVersion) => key === request.key && id === place;
  const refusal = model.order === "arrival-checked" ? undefined : refuse(store, request);
  if (refusal !== undefined) return { store: store.filter((version) => !isOurs(version)), answer: refusal };
  const committed = store.map((version) => (isOurs(version) ? { ...version, visible: true } : version));
  return { store: committed, answer: show(model, committed.find(isOurs)) };
}

/** Deletes as a bucket with versions does: by one more version, of nothing. */
function mark(store: Store, { key, by }: S3Request & { op: "DELETE" }): Served {
  const marker: StoredVersion = { key, id: `${by}0`, etag: "", by, body: "", visible: true, deleted: true };
  const before = store.filter((other) => other.key <= key);
  return { store: [...before, marker, ...store.slice(before.length)], answer: { status: 200 } };
}

function read(model: S3Model, store: Store, request: Exclude<S3Request, { op: "PUT" | "DELETE" }>): S3Answer {
  switch (request.op) {
    case "VERSIONING":
      return { status: 200 };
    case "HEAD": {
      const answer = show(model, current(store, request.key));
      return answer.status === 404 ? { ...answer, code: "NotFound" } : answer; // an answer to HEAD has no body to name it
    }
    case "GET": {
      const { key, versionId } = request;
      const version =
        versionId === undefined ? current(store, key) : store.find((v) => v.key === key && v.id === versionId);
      const answer = show(model, version);
      return version === undefined || answer.status !== 200 ? answer : { ...answer, body: version.body };
    }
    case "LIST": {
      const newestFirst = store.filter(({ key, visible }) => visible && key.startsWith(request.key)).reverse();
      const from = request.after === undefined ? 0 : newestFirst.findIndex(({ id }) => id === request.after) + 1;
      const to = from + (model.pageSize ?? 1_000);
      const shown = newestFirst.slice(from, to);
      const listed = (deleted: true | undefined) =>
        shown.filter((version) => version.deleted === deleted).map(({ key, id, etag }) => ({ key, id, etag }));
      return { status: 200, versions: listed(undefined), markers: listed(true), more: to < newestFirst.length };
    }
  }
}

function show(model: S3Model, version: StoredVersion | undefined): S3Answer {
  if (version === undefined) return { status: 404, code: "NoSuchKey" };
  const { key, id, etag } = version;
  return { status: 200, version: { key, id, etag }, ...(model.encrypted === true ? { encrypted: true } : {}) };
}

/** Evaluates the condition of a write against the current version. */
function refuse(store: Store, { key, ifMatch, ifNoneMatch }: S3Request & { op: "PUT" }): S3Answer | undefined {
  const etag = current(store, key)?.etag;
  if (ifMatch !== undefined && etag === undefined) return { status: 404, code: "NoSuchKey" };
  const holds = (ifMatch === undefined || ifMatch === etag) && (ifNoneMatch === undefined || etag === undefined);
  return holds ? undefined : { status: 412, code: "PreconditionFailed" };
}

function current(store: Store, key: string): StoredVersion | undefined {
  const last = store.findLast((version) => version.key === key && version.visible);
  return last?.deleted === true ? undefined : last;
}

const digests = new Map<string, string>();

function md5(text: string): string {
  let digest = digests.get(text);
  if (digest === undefined) digests.set(text, (digest = `"${createHash("md5").update(text).digest("hex")}"`));
  return digest;
}

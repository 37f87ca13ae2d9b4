import { isDeepStrictEqual } from "node:util";

/** What the engine is asked to do. */
export type Operation = "preview" | "up" | "destroy";

/** A resource in the state of a stack. */
export interface Registered {
  readonly urn: string;
  readonly type: string;
  readonly custom: boolean;
  /** Plain values; archives and assets as what they hold. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Names of the inputs that Pulumi would encrypt. */
  readonly secrets: readonly string[];
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
}

/** What becomes of a resource. */
export interface Change {
  readonly what: "create" | "update" | "same" | "delete";
  readonly resource: Registered;
}

/** What a run of the program changes: in the order of registration, deletions last and in the opposite order. */
export function compare(before: readonly Registered[], now: readonly Registered[]): Change[] {
  const known = new Map(before.map((resource) => [resource.urn, resource]));
  const changes = now.map((resource): Change => {
    const old = known.get(resource.urn);
    known.delete(resource.urn);
    if (old === undefined) return { what: "create", resource };
    return { what: isDeepStrictEqual(old.inputs ?? {}, resource.inputs) ? "same" : "update", resource };
  });
  const gone = [...known.values()].reverse().map((resource): Change => ({ what: "delete", resource }));
  return [...changes, ...gone];
}

/** The logical name of a resource, which its URN ends in. */
export function nameOf({ urn }: Pick<Registered, "urn">): string {
  return urn.split("::").at(-1) ?? "";
}

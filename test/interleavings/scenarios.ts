import { createConditionalIndex, createSealedIndex, createVersioningIndex } from "@presign-once/adapter-s3";

import { onSdk } from "./actors.ts";
import { booleanSort, createArticleIndex, numericSort } from "./article-index.ts";
import { createExperiencedIndex } from "./experienced-index.ts";
import { createFlawedIndex } from "./flawed-index.ts";
import type { Scenario } from "./scenario.ts";

/** A scenario with a name for people. */
export interface NamedScenario {
  readonly name: string;
  readonly scenario: Scenario;
}

/** A scenario that takes seconds to explore with faults, unless it is `quick`. */
export interface Variation extends NamedScenario {
  readonly quick: boolean;
}

/** A strategy on an S3, and whether it is expected to hold there. */
export interface Trial {
  readonly name: string;
  readonly holds: boolean;
  scenario(claimants: 2 | 3): Scenario;
}

const createIndexes = {
  conditional: onSdk(createConditionalIndex),
  sealed: onSdk(createSealedIndex),
  versioning: onSdk(createVersioningIndex),
};
const linearizable = { order: "linearizable" } as const;
const encrypted = { ...linearizable, encrypted: true };
const arrivalOrdered = { order: "arrival-ordered" } as const;

/** Every strategy on both kinds of S3, with one fault anywhere. Versioning needs versions in the order of their commits. */
export const trials: readonly Trial[] = Object.entries(createIndexes).flatMap(([strategy, createIndex]) =>
  [linearizable, arrivalOrdered].map((model) => ({
    name: `${strategy} on ${model.order} versions`,
    holds: strategy !== "versioning" || model === linearizable,
    scenario: (claimants) => ({ createIndex, model, claimants, faults: true }),
  })),
);

const ofEveryStrategy: readonly Variation[] = Object.entries(createIndexes).flatMap(([strategy, createIndex]) => {
  const usual = { createIndex, model: linearizable, claimants: 2, faults: true } as const;
  const differences: readonly (readonly [name: string, difference: Partial<Scenario>])[] = [
    ["one claimant alone", { claimants: 1 }],
    ["ETags that are no MD5 (SSE-KMS)", { model: encrypted }],
    ["one claimant alone, ETags that are no MD5", { claimants: 1, model: encrypted }],
    ["time for one more attempt only", { pauses: 1 }],
    ["no time for another attempt", { pauses: 0 }],
    ["the issuer registers once more", { registersAgain: true }],
    ["a revocation", { revokes: true }],
    ["one claimant and a revocation", { claimants: 1, revokes: true }],
    strategy === "versioning"
      ? ["one version on a page of the list", { model: { ...linearizable, pageSize: 1 } }]
      : ["whole requests through createClaimer", { whole: true }],
  ];
  return differences.map(([name, difference]) => ({
    name: `${strategy}, ${name}`,
    scenario: { ...usual, ...difference },
    quick: strategy !== "versioning" || difference.pauses === 0 || difference.claimants === 1,
  }));
});

/** Claims of processes that have met ETags that are no MD5 before. */
const readingFirst: readonly Variation[] = (
  [
    ["two claimants", {}],
    ["three claimants", { claimants: 3 }],
    ["one claimant alone", { claimants: 1 }],
    ["a revocation", { revokes: true }],
    ["whole requests", { whole: true }],
    ["ETags are MD5 again", { model: linearizable }],
  ] as const
).map(([name, difference]) => ({
  name: `reading first: ${name}`,
  scenario: {
    ...{ createIndex: onSdk(createExperiencedIndex), model: encrypted, claimants: 2, faults: true },
    ...difference,
  },
  quick: name !== "three claimants",
}));

/** Two claimants (or one), with one fault anywhere, on a linearizable S3, where something else is different. All must hold. */
export const variations: readonly Variation[] = [...ofEveryStrategy, ...readingFirst];

const two = { model: linearizable, claimants: 2 } as const;

/** A URL that was granted retries, on a linearizable S3, with one fault anywhere. All must hold. */
export const retries: readonly Variation[] = Object.entries(createIndexes).flatMap(([strategy, createIndex]) => {
  const usual = { createIndex, model: linearizable, claimants: 2, faults: true, retries: "granted" } as const;
  const quick = strategy !== "versioning";
  return [
    { name: `${strategy}, one client twice at once`, scenario: usual, quick },
    {
      name: `${strategy}, one client twice at once, and an attacker`,
      scenario: { ...usual, claimants: 3, faults: quick },
      quick: false,
    },
    {
      name: `${strategy}, one client once, its object deleted, and once more`,
      scenario: { ...usual, faults: false, retries: "deleted", oneByOne: true },
      quick: true,
    },
  ];
});

/** Retries that are built wrongly: two objects must be found to come of one URL. */
export const retryMistakes: readonly NamedScenario[] = [
  {
    name: "retries without If-None-Match on the upload",
    scenario: {
      ...{ createIndex: createIndexes.conditional, model: linearizable, claimants: 2, faults: false },
      retries: "granted",
      uploadFlaw: "no-if-none-match",
    },
  },
  {
    name: "retries, where the object alone is evidence, and its owner deletes it",
    scenario: {
      ...{ createIndex: createIndexes.conditional, model: linearizable, claimants: 2, faults: false },
      ...{ retries: "deleted", oneByOne: true },
      uploadFlaw: "evidence-of-the-object-alone",
    },
  },
];

/** A link for one download, on a linearizable S3, with one fault anywhere. All must hold. */
export const downloads: readonly Variation[] = Object.entries(createIndexes).flatMap(([strategy, createIndex]) => {
  const usual = { createIndex, model: linearizable, claimants: 2, faults: true } as const;
  const quick = strategy !== "versioning";
  return [
    { name: `${strategy}, one client twice at once`, scenario: { ...usual, downloads: "one-client" }, quick },
    {
      name: `${strategy}, one client twice at once, and another`,
      scenario: { ...usual, claimants: 3, downloads: "one-client", faults: quick },
      quick: false,
    },
    {
      name: `${strategy}, exactly one request, from one client twice at once`,
      scenario: { ...usual, downloads: "one-request" },
      quick,
    },
    {
      name: `${strategy}, exactly one request, from two clients and three times`,
      scenario: { ...usual, claimants: 3, downloads: "one-request", faults: quick },
      quick: false,
    },
  ];
});

/** An edge that takes all passes for those of one client: two clients must be found to pass. */
export const downloadMistake: NamedScenario = {
  name: "passes that all make one claimant",
  scenario: {
    ...{ createIndex: createIndexes.conditional, model: linearizable, claimants: 3, faults: false },
    ...{ downloads: "one-client", passesAlike: true },
  },
};

/** The algorithm that presign-once began with: two uploads must be found to pass. */
export const article: NamedScenario = {
  name: "the article's algorithm, as written",
  scenario: { ...two, createIndex: createArticleIndex(booleanSort), faults: false },
};

/** What is built or used wrongly, on the most obliging S3: two uploads must be found to pass. */
export const mistakes: readonly NamedScenario[] = [
  {
    name: "the article's algorithm, its comparator repaired: LastModified ties within a second",
    scenario: { ...two, createIndex: createArticleIndex(numericSort), faults: false },
  },
  {
    name: "the article's algorithm, one request after the other: a look that failed counts as absent",
    scenario: { ...article.scenario, faults: true, oneByOne: true },
  },
  {
    name: "a read-back split into GET and HEAD",
    scenario: { ...two, createIndex: createFlawedIndex("split-read-back"), faults: true },
  },
  {
    name: "an index that treats a time-out as free",
    scenario: { ...two, createIndex: createFlawedIndex("time-out-is-free"), faults: true },
  },
  {
    name: "one claimant for two requests, conditional",
    scenario: { ...two, createIndex: createIndexes.conditional, faults: false, reused: true },
  },
  {
    name: "one claimant for two requests, versioning",
    scenario: { ...two, createIndex: createIndexes.versioning, faults: false, reused: true },
  },
];

/** Servers that a strategy cannot be trusted on, which is what `doctor` is for: two uploads must be found to pass. */
export const unsafeServers: readonly NamedScenario[] = [
  {
    name: "conditional, where conditions are checked on arrival and not again",
    scenario: { ...two, model: { order: "arrival-checked" }, createIndex: createIndexes.conditional, faults: false },
  },
  {
    name: "sealed, where conditions are checked on arrival and not again",
    scenario: { ...two, model: { order: "arrival-checked" }, createIndex: createIndexes.sealed, faults: false },
  },
  {
    name: "versioning, where versions are ordered by arrival but may commit in another order",
    scenario: { ...two, model: arrivalOrdered, createIndex: createIndexes.versioning, faults: false },
  },
];

/** Small enough to be run whole as well, one schedule at a time. */
export const rehearsals: readonly NamedScenario[] = [
  { name: "conditional", scenario: { ...two, createIndex: createIndexes.conditional, faults: true } },
  { name: "sealed", scenario: { ...two, createIndex: createIndexes.sealed, faults: true } },
  {
    name: "conditional",
    scenario: { ...two, model: arrivalOrdered, createIndex: createIndexes.conditional, faults: true },
  },
  { name: "versioning, no faults", scenario: { ...two, createIndex: createIndexes.versioning, faults: false } },
].map(({ name, scenario }) => ({ name: `${name} on ${scenario.model.order} versions`, scenario }));

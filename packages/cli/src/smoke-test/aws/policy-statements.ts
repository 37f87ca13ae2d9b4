import { matchesWildcards } from "./wildcards.ts";

/** One statement of a policy of a role, as far as these checks look at it. */
export interface Statement {
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: unknown;
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Condition?: object;
}

/**
 * Reads the statements of a policy as IAM returns it: JSON, escaped as in a URL.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html
 */
export function parseStatements(document: string): readonly Statement[] {
  const { Statement = [] } = JSON.parse(decodeURIComponent(document)) as { Statement?: Statement | Statement[] };
  return [Statement].flat();
}

/**
 * Whether policies give a right at all: some statement allows it, under whatever condition, and none denies it without one.
 *
 * So a `false` is certain, but for a policy of the resource; a `true` is not: a condition, a boundary or a policy of the
 * organization may still refuse.
 *
 * @param action    such as `s3:PutObject`
 * @param resource  an ARN, without wildcards
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function mayAllow(statements: readonly Statement[], action: string, resource: string): boolean {
  const about = statements.filter((statement) => isAbout(statement, action, resource));
  return (
    about.some(({ Effect }) => Effect === "Allow") &&
    !about.some(({ Effect, Condition }) => Effect === "Deny" && Condition === undefined)
  );
}

/** Whether the policy of a role lets a service of AWS assume it. */
export function trusts(statements: readonly Statement[], service: string): boolean {
  return statements.some(
    ({ Effect, Principal, Action }) =>
      Effect === "Allow" && isOneOf(Action, "sts:AssumeRole") && isOneOf(servicesOf(Principal), service),
  );
}

/** The resources of the statements that allow an action, as they are written. */
export function resourcesOf(statements: readonly Statement[], action: string): readonly string[] {
  return statements
    .filter((statement) => statement.Effect === "Allow" && hasAction(statement, action))
    .flatMap(({ Resource }) => listOf(Resource));
}

function isAbout(statement: Statement, action: string, resource: string): boolean {
  const { Resource, NotResource } = statement;
  const matches = (patterns: string | readonly string[] | undefined) =>
    listOf(patterns).some((pattern) => matchesWildcards(pattern, resource));
  return hasAction(statement, action) && (NotResource === undefined ? matches(Resource) : !matches(NotResource));
}

function hasAction({ Action, NotAction }: Statement, action: string): boolean {
  return NotAction === undefined ? isOneOf(Action, action) : !isOneOf(NotAction, action);
}

/** Names of actions and services have no case. */
function isOneOf(patterns: string | readonly string[] | undefined, name: string): boolean {
  return listOf(patterns).some((pattern) => matchesWildcards(pattern.toLowerCase(), name.toLowerCase()));
}

function servicesOf(principal: unknown): string | readonly string[] {
  if (typeof principal !== "object" || principal === null) return [];
  return (principal as { Service?: string | readonly string[] }).Service ?? [];
}

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : [value].flat();
}

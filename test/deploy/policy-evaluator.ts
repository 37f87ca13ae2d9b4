/** One statement of a policy, as IAM and S3 take it. */
interface Statement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: unknown;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** A policy document, read from the JSON that a stack has registered. */
export interface Policy {
  readonly Version: string;
  readonly Statement: readonly Statement[];
}

/** A request to be authorized. */
export interface AccessRequest {
  /** Such as `s3:GetObject`. */
  readonly action: string;
  /** An ARN. */
  readonly resource: string;
  /** Condition keys that the request has; what is missing here is missing there. */
  readonly context?: Readonly<Record<string, string | undefined>>;
}

const ELEMENTS = new Set(["Sid", "Effect", "Principal", "Action", "Resource", "Condition"]);

/**
 * Tells whether policies allow a request: some statement allows it, and none denies it.
 *
 * @throws what it does not understand, so that no condition is passed over
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function allows(policies: readonly Policy[], request: AccessRequest): boolean {
  const matching = policies.flatMap(({ Statement }) => Statement).filter((statement) => applies(statement, request));
  return matching.some(({ Effect }) => Effect === "Allow") && !matching.some(({ Effect }) => Effect === "Deny");
}

function applies(statement: Statement, { action, resource, context = {} }: AccessRequest): boolean {
  const odd = Object.keys(statement).filter((element) => !ELEMENTS.has(element));
  if (odd.length > 0) throw new Error(`the evaluator does not know ${odd.join(", ")}`);
  return (
    listed(statement.Action).some((pattern) => isLike(action.toLowerCase(), pattern.toLowerCase())) &&
    listed(statement.Resource).some((pattern) => isLike(resource, pattern)) &&
    Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
      Object.entries(keys).every(([key, values]) => holds(operator, context[key], listed(values))),
    )
  );
}

function holds(operator: string, actual: string | undefined, values: readonly string[]): boolean {
  if (operator === "Null") return values.includes(String(actual === undefined));
  const ifExists = operator.endsWith("IfExists");
  if (actual === undefined) return ifExists;
  switch (ifExists ? operator.slice(0, -"IfExists".length) : operator) {
    case "StringEquals":
      return values.includes(actual);
    case "StringLike":
      return values.some((pattern) => isLike(actual, pattern));
    case "Bool":
      return values.some((value) => value.toLowerCase() === actual.toLowerCase());
    default:
      throw new Error(`the evaluator does not know the operator ${operator}`);
  }
}

/** `*` stands for anything, `?` for one character. */
function isLike(text: string, pattern: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${expression}$`, "s").test(text);
}

function listed(value: string | readonly string[]): readonly string[] {
  return typeof value === "string" ? [value] : value;
}

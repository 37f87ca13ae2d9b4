import type { AwsClients } from "./aws-clients.ts";
import { andThen, type Fact, read, readFact } from "./fact.ts";
import { parseStatements, type Statement } from "./policy-statements.ts";

/** The role of a function. */
export interface RoleFacts {
  /** Who may assume it. */
  readonly trust: Fact<readonly Statement[]>;
  /** What it may do, by its inline and its managed policies; no boundary, and no policy of the organization. */
  readonly rights: Fact<readonly Statement[]>;
}

/**
 * Reads the policies of a role.
 *
 * @param arn  of the role
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html
 */
export async function readRole(clients: AwsClients, arn: Fact<string>): Promise<RoleFacts> {
  const name = await andThen(arn, (known) => read(known.split("/").at(-1) ?? ""));
  const { client, GetRoleCommand } = clients.iam;
  const [trust, inline, managed] = await Promise.all([
    andThen(name, (RoleName) =>
      readFact("iam:GetRole", async () => {
        const { Role } = await client.send(new GetRoleCommand({ RoleName }));
        return parseStatements(Role?.AssumeRolePolicyDocument ?? "{}");
      }),
    ),
    andThen(name, (role) => readInlinePolicies(clients, role)),
    andThen(name, (role) => readManagedPolicies(clients, role)),
  ]);
  const rights = await andThen(inline, (own) => andThen(managed, (others) => read([...own, ...others])));
  return { trust, rights };
}

async function readInlinePolicies({ iam }: AwsClients, RoleName: string): Promise<Fact<readonly Statement[]>> {
  const { client, GetRolePolicyCommand, paginateListRolePolicies } = iam;
  const names = await readFact("iam:ListRolePolicies", async () => {
    const all: string[] = [];
    for await (const { PolicyNames = [] } of paginateListRolePolicies({ client }, { RoleName }))
      all.push(...PolicyNames);
    return all;
  });
  return andThen(names, (all) =>
    readFact("iam:GetRolePolicy", async () => {
      const sent = all.map((PolicyName) => client.send(new GetRolePolicyCommand({ RoleName, PolicyName })));
      return (await Promise.all(sent)).flatMap(({ PolicyDocument = "{}" }) => parseStatements(PolicyDocument));
    }),
  );
}

async function readManagedPolicies(clients: AwsClients, RoleName: string): Promise<Fact<readonly Statement[]>> {
  const { client, paginateListAttachedRolePolicies } = clients.iam;
  const attached = await readFact("iam:ListAttachedRolePolicies", async () => {
    const all: string[] = [];
    for await (const { AttachedPolicies = [] } of paginateListAttachedRolePolicies({ client }, { RoleName }))
      all.push(...AttachedPolicies.flatMap(({ PolicyArn = [] }) => PolicyArn));
    return all;
  });
  return andThen(attached, async (arns) => {
    let statements: Fact<readonly Statement[]> = read([]);
    for (const arn of arns)
      statements = await andThen(statements, async (before) =>
        andThen(await readManagedPolicy(clients, arn), (more) => read([...before, ...more])),
      );
    return statements;
  });
}

async function readManagedPolicy({ iam }: AwsClients, PolicyArn: string): Promise<Fact<readonly Statement[]>> {
  const { client, GetPolicyCommand, GetPolicyVersionCommand } = iam;
  const policy = await readFact("iam:GetPolicy", () => client.send(new GetPolicyCommand({ PolicyArn })));
  return andThen(policy, ({ Policy }) =>
    readFact("iam:GetPolicyVersion", async () => {
      const version = { PolicyArn, VersionId: Policy?.DefaultVersionId };
      const { PolicyVersion } = await client.send(new GetPolicyVersionCommand(version));
      return parseStatements(PolicyVersion?.Document ?? "{}");
    }),
  );
}

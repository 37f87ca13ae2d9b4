import type { Distribution, DistributionSummary } from "@aws-sdk/client-cloudfront";

import type { AwsClients } from "./aws-clients.ts";
import { andThen, type Fact, read, readFact, unread } from "./fact.ts";
import { matchesWildcards } from "./wildcards.ts";

/**
 * Finds the distribution that answers for a host name, CloudFront's or one of your own, and reads it.
 *
 * @param host  of the endpoint
 * @param id    of the distribution, for credentials that may not list them, or a host that is no alias
 * @see https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ListDistributions.html
 * @see https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_GetDistribution.html
 */
export async function findDistribution(
  clients: AwsClients,
  host: string,
  id: string | undefined,
): Promise<Fact<Distribution>> {
  const { client, GetDistributionCommand } = clients.cloudfront;
  const found = id === undefined ? await findId(clients, host) : read(id);
  return andThen(found, async (Id) => {
    const answer = await readFact("cloudfront:GetDistribution", () => client.send(new GetDistributionCommand({ Id })));
    return andThen(answer, ({ Distribution }) =>
      Distribution === undefined ? unread("cloudfront:GetDistribution: an empty answer") : read(Distribution),
    );
  });
}

async function findId({ cloudfront }: AwsClients, host: string): Promise<Fact<string>> {
  const { client, paginateListDistributions } = cloudfront;
  const listed = await readFact("cloudfront:ListDistributions", async () => {
    const all: DistributionSummary[] = [];
    for await (const { DistributionList } of paginateListDistributions({ client }, {}))
      all.push(...(DistributionList?.Items ?? []));
    return all;
  });
  return andThen(listed, (all) => {
    const answers = (matches: (name: string) => boolean) =>
      all.find(({ DomainName = "", Aliases }) => [DomainName, ...(Aliases?.Items ?? [])].some(matches))?.Id;
    // CloudFront takes the more specific alias: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html
    const id = answers((name) => name === host) ?? answers((name) => matchesWildcards(name, host));
    return id === undefined
      ? unread(`no distribution of this account answers for ${host}: name it with --distribution`)
      : read(id);
  });
}

// Real AWS host names, which lead to this machine in the stack's own namespaces only: two accounts in two regions.
export const ACCOUNT = '123456789012';
const REGION = 'us-east-1';
const OTHER_ACCOUNT = '210987654321';
const OTHER_REGION = 'eu-west-1';

export const registryOf = (account, region) => `${account}.dkr.ecr.${region}.amazonaws.com`;
export const REGISTRIES = [REGION, OTHER_REGION].flatMap((region) =>
  [ACCOUNT, OTHER_ACCOUNT].map((account) => ({ account, region, host: registryOf(account, region) })),
);
export const HOSTS = [
  ...[REGION, OTHER_REGION].flatMap((region) => ['api.ecr', 'sts'].map((name) => `${name}.${region}.amazonaws.com`)),
  ...REGISTRIES.map(({ host }) => host),
];

// Real AWS host names, which lead to this machine in the stack's own namespaces only.
export const ACCOUNT = '123456789012';
export const REGION = 'us-east-1';
export const API = `api.ecr.${REGION}.amazonaws.com`;
export const REGISTRY = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com`;
export const STS = `sts.${REGION}.amazonaws.com`;

import { type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Ecr } from './ecr';

const JSON_TYPE = { 'content-type': 'application/x-amz-json-1.1' };

describe('ECR that fails', () => {
  let server: Server;
  let answer: (response: ServerResponse, asked: number) => void;
  let asked = 0;
  const before = { ...process.env };
  beforeAll(async () => {
    server = createServer((_, response) => answer(response, ++asked));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const AWS_ENDPOINT_URL_ECR = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    Object.assign(process.env, { AWS_ENDPOINT_URL_ECR, AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' });
  });
  afterAll(() => {
    process.env = before;
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => (asked = 0));
  const find = () =>
    new Ecr({ region: 'us-east-1', profile: undefined, registryId: '123456789012' }).find('team', ['latest']);

  it('is asked again when it throttles, as every server is', async () => {
    answer = (response, nth) =>
      nth < 3
        ? response.writeHead(400, JSON_TYPE).end('{"__type":"ThrottlingException","message":"Rate exceeded"}')
        : response.writeHead(200, JSON_TYPE).end('{"images":[],"failures":[]}');
    expect((await find()).images?.size).toBe(0);
    expect(asked).toBe(3);
  });

  it('a page in its place is no empty registry', async () => {
    answer = (response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html></html>');
    await expect(find()).rejects.toMatchObject({ code: 'not-an-aws-api' });
    expect(asked).toBe(1);
  });

  it("a refusal has AWS's own reason", async () => {
    answer = (response) =>
      void response
        .writeHead(400, JSON_TYPE)
        .end('{"__type":"AccessDeniedException","message":"User: x is not authorized to perform: ecr:BatchGetImage"}');
    await expect(find()).rejects.toMatchObject({
      code: 'aws-denied',
      what:
        'AWS refused it (AccessDeniedException): BatchGetImage on repository team (profile default chain, ' +
        'region us-east-1). AWS says: User: x is not authorized to perform: ecr:BatchGetImage.',
    });
  });

  it("knows the region's other name, and a profile that is nowhere", async () => {
    answer = (response) => void response.writeHead(200, JSON_TYPE).end('{"images":[],"failures":[]}');
    Object.assign(process.env, { AWS_REGION: '', AWS_DEFAULT_REGION: 'eu-west-1' });
    const ask = (profile?: string) =>
      new Ecr({ region: undefined, profile, registryId: '123456789012' }).find('team', ['latest']);
    expect(await ask()).toMatchObject({ repositoryUri: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/team' });
    Object.assign(process.env, { AWS_CONFIG_FILE: '/nowhere', AWS_SHARED_CREDENTIALS_FILE: '/nowhere' });
    Object.assign(process.env, { AWS_EC2_METADATA_DISABLED: 'true', AWS_ACCESS_KEY_ID: '' });
    await expect(ask('nope')).rejects.toMatchObject({
      code: 'aws-no-credentials',
      what: expect.stringContaining("(there is no profile nope in AWS's configuration files)"),
      next: expect.stringMatching(/^Correct the option "awsProfile" or AWS_PROFILE/),
    });
  });
});

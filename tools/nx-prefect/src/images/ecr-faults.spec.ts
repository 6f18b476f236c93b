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
});

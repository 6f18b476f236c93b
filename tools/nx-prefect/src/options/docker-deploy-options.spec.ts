import { schema } from './docker-deploy-options';

test.each<[unknown, string[]]>([
  ['a,b', ['a', 'b']],
  ['1.10,', ['1.10']],
  ['3,', ['3']],
  [
    ['v1', '2'],
    ['v1', '2'],
  ],
])('tags: the command line gives %j', (given, tags) => {
  expect(schema.parse({ tags: given }).tags).toEqual(tags);
});

test.each<[unknown, RegExp]>([
  [1, /--tags=1\.10,/],
  [['v1', 2], /--tags=1\.10,/],
  [1.1, /--tags=1\.10,/],
  [123456e7, /--tags=1\.10,/],
  [['a/b'], /a tag has letters/],
])('tags: %j is refused, and said how', (given, said) => {
  expect(
    schema
      .safeParse({ tags: given })
      .error?.issues.map(({ message }) => message)
      .join(),
  ).toMatch(said);
});

test.each(['aes256', 'alias/key'])("encryption: %s would make a key of AWS's own", (encryption) => {
  expect(schema.safeParse({ repository: { encryption } }).error?.issues[0]?.message).toMatch(/AES256, KMS or the ARN/);
});

test('imageName: a number is refused', () => {
  expect(schema.safeParse({ imageName: 1.1 }).error?.issues[0]?.message).toMatch(/in quotes/);
  expect(schema.parse({ imageName: 'team/load' }).imageName).toBe('team/load');
});

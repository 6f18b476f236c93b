import { firstParagraph, namedOwners } from './readme';

test.each([
  ['# Title\n\nLoads *the* **orders** from [S3](https://x.y/z).\n\nMore.', 'Loads the orders from S3.'],
  ['# Title\nLoads orders\nevery night.', 'Loads orders every night.'],
  ['Title\n=====\n\n[![badge](a.svg)](b)\n\nLoads `orders_v2`.', 'Loads orders_v2.'],
  ['---\nowner: me\n---\n<!-- note -->\n\nLoads orders.', 'Loads orders.'],
  ['# T\r\n\r\nLoads orders.\r\n\r\nMore.', 'Loads orders.'],
  ['# T\n\nOwner: @sales\n\nLoads orders.', 'Loads orders.'],
  ['# T\n\n**Owners:** @sales\nLoads orders.', 'Loads orders.'],
  ['# T\n\nOwner: see the wiki.', 'Owner: see the wiki.'],
  ['- a list\n\nLoads my_snake_case orders.', 'Loads my_snake_case orders.'],
])('%j', (markdown, expected) => expect(firstParagraph(markdown)).toBe(expected));

test.each(['', '# Title only', '\n\n'])('%j has no paragraph', (markdown) =>
  expect(firstParagraph(markdown)).toBeUndefined(),
);

test('is shortened', () => expect(firstParagraph('word '.repeat(200), 20)).toBe('word word word word…'));

test.each([
  ['# T\n\nLoads orders.\n\nOwner: @acme/sales\n', ['@acme/sales']],
  ['# T\r\n\r\n- **Owners**: @a, b@example.com and @c.\r\n', ['@a', 'b@example.com', '@c']],
  ['**Owner:** `@a` ([Bea](mailto:bea@example.com)).', ['@a', 'bea@example.com']],
  ['---\nowner: "@a"\n---\n', ['@a']],
  ['Owner: see the wiki.', []],
  ['The owner: @a', []],
])('%j names the owners %j', (markdown, owners) => expect(namedOwners(markdown)).toEqual(owners));

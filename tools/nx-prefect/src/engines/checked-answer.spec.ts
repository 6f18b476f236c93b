import { z } from 'zod';
import { checkedAnswer } from './checked-answer';

const rows = z.array(z.object({ id: z.string() }));
const check = (text: string) => checkedAnswer({ status: 200, header: () => null, text }, rows);

describe('checkedAnswer', () => {
  it('gives what was sent, fields of newer servers too', () => {
    expect(check('[{"new": 1, "id": "a"}]')).toEqual([{ new: 1, id: 'a' }]);
    expect(check('[]')).toEqual([]);
  });

  it.each([
    ['{}', /200 with JSON of an unexpected form \(.*expected array/],
    ['null', /an unexpected form/],
    ['[null]', /an unexpected form \(.* at 0\)/],
    ['[{"id": 1}]', /an unexpected form \(expected string, received number at 0\.id\)/],
    ['"x"', /an unexpected form/],
    ['', /200 with nothing/],
    ['<!DOCTYPE html><p>', /200 with a web page/],
    ['[{"id": "a"', /200 with JSON that is cut off/],
    ['Bad gateway', /200 with text that is not JSON/],
  ])('%s', (text, message) => {
    expect(() => check(text)).toThrow(message);
  });
});

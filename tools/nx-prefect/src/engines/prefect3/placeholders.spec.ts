import { environmentLookup, fillPlaceholders, placeholders } from './placeholders';

const lookup = (name: string) => ({ one: 1, text: 'x' })[name];

describe('fillPlaceholders', () => {
  it('keeps the type of a string that is one placeholder, and writes others into the text', () => {
    expect(fillPlaceholders({ a: '{{ one }}', b: ['v{{one}}-{{ text }}'] }, lookup)).toEqual({ a: 1, b: ['v1-x'] });
  });

  it('leaves what the lookup does not know', () => {
    expect(fillPlaceholders('{{ prefect.blocks.secret.a }} {{ text }}', lookup)).toBe(
      '{{ prefect.blocks.secret.a }} x',
    );
  });

  it('leaves braces around other words, and writes values into text as Python does', () => {
    expect(fillPlaceholders('{{ two words }} {{}} {x} {{ yes }}', () => true)).toBe('{{ two words }} {{}} {x} True');
  });

  it('lists the names', () => {
    expect(placeholders({ a: '{{ one }}', b: [{ c: 'x {{ two }} {{three}}' }], d: 3 })).toEqual([
      'one',
      'two',
      'three',
    ]);
  });
});

describe('environmentLookup', () => {
  it('finds variables, leaves other placeholders, and names a variable that is not set', () => {
    const find = environmentLookup({ STAGE: 'prod' }, 'p-f');
    expect(find('$STAGE')).toBe('prod');
    expect(find('prefect.variables.x')).toBeUndefined();
    expect(() => find('$NOPE')).toThrow(
      expect.objectContaining({ code: 'placeholder', next: 'Set NOPE where register runs.' }),
    );
  });
});

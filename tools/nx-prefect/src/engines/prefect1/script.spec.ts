import { sha256 } from '../../core/canonical';
import { pickleScriptOf, scriptOf, withSettings } from './script';

const FILES = {
  'flows/p/f/flow.py': Buffer.from('flow = 1\n'),
  'flows/p/f/daten $& "ü" 𝔛.csv': Buffer.from([0, 255, 10]),
};
const DIGESTS = Object.fromEntries(Object.entries(FILES).map(([file, content]) => [file, sha256(content)]));

describe('the script of a flow', () => {
  it('holds every byte of the files, in an order of its own', () => {
    const script = scriptOf('flows/p/f/flow.py', FILES, DIGESTS);
    expect(script).toBe(
      scriptOf(
        'flows/p/f/flow.py',
        Object.fromEntries(Object.entries(FILES).sort(([a], [b]) => (a < b ? 1 : -1))),
        DIGESTS,
      ),
    );
    expect(script).toContain(`    "flows/p/f/flow.py": "${FILES['flows/p/f/flow.py'].toString('base64')}",\n`);
    expect(script).toContain('    "flows/p/f/daten $& \\"\\U000000fc\\" \\U0001d51b.csv": "AP8K",\n');
  });

  it('changes with a file and with nothing else', () => {
    const changed = { ...FILES, 'flows/p/f/flow.py': Buffer.from('flow = 2\n') };
    expect(scriptOf('flows/p/f/flow.py', changed, { ...DIGESTS, 'flows/p/f/flow.py': sha256('flow = 2\n') })).not.toBe(
      scriptOf('flows/p/f/flow.py', FILES, DIGESTS),
    );
  });

  it('takes settings on one line, again and again', () => {
    const script = pickleScriptOf('flows/p/f/flow.py', { 'a "name"': '{"flow": "x"}' });
    const once = withSettings(script, { resultBucket: 'team-$&-\'\\"ü' });
    expect(once.match(/^SETTINGS = .*$/gm)).toEqual([
      'SETTINGS = "{\\"resultBucket\\":\\"team-$&-\'\\\\\\\\\\\\\\"\\U000000fc\\"}"',
    ]);
    expect(withSettings(once, {})).toBe(script);
  });
});

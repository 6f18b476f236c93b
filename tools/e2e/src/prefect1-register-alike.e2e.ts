import { realpathSync, symlinkSync } from 'node:fs';
import { type DevelopmentServer, startServer } from 'prefect1-server';
import { canonicalJson } from '../../nx-prefect/src/core/canonical';
import { differences, shown, valueAt } from '../../nx-prefect/src/core/json-differences';
import { PREFECT1_VERSIONS, describeWith, prefect1Environment } from './parts/prefect1';
import { type FlowRow, Prefect1Api } from './parts/prefect1-api';
import { declarations } from './parts/prefect1-declarations';
import { Prefect1Shell } from './parts/prefect1-shell';
import { Random } from './parts/random';
import { Workspace, nxJson } from './parts/workspace';

const SEED = Number(process.env['NX_PREFECT_SEED'] ?? 20_240_301);
/** Flows that both have to take, for each version. */
const FLOWS = 60;

for (const version of PREFECT1_VERSIONS) {
  describeWith([version], `what prefect register ${version} and register make of a flow (seed ${SEED})`, () => {
    const made = declarations(new Random(SEED), FLOWS, version === '0.15');
    let server: DevelopmentServer;
    let api: Prefect1Api;
    let workspace: Workspace;
    let shell: Prefect1Shell;

    beforeAll(async () => {
      server = await startServer();
      api = new Prefect1Api(server.url);
      shell = new Prefect1Shell(server.url, version);
      // Local storage is written below the home.
      shell.env = { ...shell.env, AWS_DEFAULT_REGION: 'eu-west-1', HOME: shell.folder };
      shell.write(made.files);
      const files = Object.entries(made.files).map(([file, text]) => [`flows/ours/${file}`, text]);
      workspace = await Workspace.create({
        'nx.json': nxJson({ labels: ['day', 'a'] }),
        ...(Object.fromEntries(files) as Record<string, string>),
      });
      symlinkSync(realpathSync(prefect1Environment(version)), workspace.path('flows/ours/.venv'));
    });
    afterAll(async () => {
      shell?.dispose();
      workspace?.dispose();
      await server?.stop();
    });

    const ours = async (...args: string[]) =>
      (await workspace.nx(['run-many', '-t', 'register', '--output-style=static', ...args], { env: shell.env })).output;
    const theirs = async (project: string, ...args: string[]) => {
      await shell.prefect('create', 'project', project, '--skip-if-exists');
      const labels = ['--label', 'day', '--label', 'a'];
      return (await shell.prefect('register', '--project', project, ...labels, ...args)).output;
    };

    it('both take what is right and refuse the rest, and the server holds the same', async () => {
      const said = await Promise.all([theirs('theirs', '--path', '*/flow.py'), ours()]);
      for (const name of made.refused) expect(said[0]).toContain(`Registering '${name}'... Error`);
      expect(said[1].match(/\[flow-not-serializable\]/g)).toHaveLength(made.refused.length);
      const [their, our] = await Promise.all(['theirs', 'ours'].map(currentByName));
      expect(differences(their, our).map((path) => [shown(path), valueAt(their, path), valueAt(our, path)])).toEqual(
        [],
      );
      expect(Object.keys(our ?? {})).toEqual([...made.taken].sort());
    });

    /** What may differ is left out: docs/from-scripts.md, "Where the result differs". */
    async function currentByName(project: string): Promise<Record<string, object>> {
      const rows = (await api.versions(project)).filter(({ archived }) => !archived);
      rows.sort((a, b) => (a.name < b.name ? -1 : 1));
      return Object.fromEntries(rows.map((row) => [row.name, comparable(row)]));
    }

    if (version === '0.15') {
      it('one after the other: no error, no version without a difference, and the switch stays', async () => {
        // A flow whose code each of them stores, and one whose code lies elsewhere.
        const paths = ['cron', 'module'].flatMap((name) => ['--path', `${name}/flow.py`]);
        const turnOf = {
          ours: () => ours('--projects=ours-cron,ours-module', '--prefectProject=turns'),
          theirs: (...args: string[]) => theirs('turns', ...paths, ...args),
        };
        const held = () => Promise.all(['cron', 'module'].map((name) => api.current('turns', name)));
        const now = async () => (await held()).map((row) => [row.version, row.is_schedule_active]);
        const edit = (minute: number) => {
          const later = (text: string) => text.replace(/CronSchedule\("\d+ /, `CronSchedule("${minute} `);
          const files = ['cron/flow.py', 'module/flow.py'].map(
            (file) => [file, later(made.files[file] ?? '')] as const,
          );
          shell.write(Object.fromEntries(files));
          workspace.write(Object.fromEntries(files.map(([file, text]) => [`flows/ours/${file}`, text])));
        };

        expect(await turnOf.ours()).toContain('turns/cron: created');
        expect(await turnOf.theirs()).not.toMatch(/Error|Skipped/);
        // Theirs knows its own key only, so it made an equal version of the second.
        expect(await now()).toEqual([
          [2, true],
          [2, true],
        ]);
        expect(await turnOf.ours()).toContain('turns/cron: updated');
        expect(await now()).toEqual([
          [3, true],
          [2, true],
        ]);

        edit(7);
        for (const { id } of await held()) await api.mutate('set_schedule_inactive', { flow_id: id });
        await turnOf.ours();
        expect(await now()).toEqual([
          [4, false],
          [3, false],
        ]);
        expect(await turnOf.theirs('--no-schedule')).not.toContain('Error');
        expect(await now()).toEqual([
          [5, false],
          [4, false],
        ]);
        edit(8);
        expect(await turnOf.theirs('--no-schedule')).not.toContain('Error');
        await turnOf.ours();
        expect(await now()).toEqual([
          [7, false],
          [5, false],
        ]);
        expect(await turnOf.theirs()).toContain("Registering 'module'... Skipped");
        // Without --no-schedule theirs starts the schedule of each version that it makes.
        expect(await now()).toEqual([
          [8, true],
          [5, false],
        ]);
      });
    }
  });
}

function comparable({ id: _id, project: _project, version: _version, storage: _storage, ...row }: FlowRow): object {
  const { storage: _stored, edges, ...flow } = row.serialized_flow;
  const { idempotency_key: _key, ...settings } = row.flow_group.settings;
  return {
    ...row,
    edges: sorted(row['edges']),
    serialized_flow: { ...flow, edges: sorted(edges) },
    flow_group: { settings },
  };
}

/** The library leaves their order to hashes of tasks. */
function sorted(edges: unknown): string[] {
  return (edges as object[]).map((edge) => canonicalJson(edge)).sort();
}

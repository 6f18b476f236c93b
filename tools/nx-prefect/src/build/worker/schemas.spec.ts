import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { FlowObject, LoadedPrefect3 } from '../../engines/prefect3/loaded-prefect3';
import { loadFlows } from './load-flows';
import type { LoadRequest } from './worker-protocol';

/** The real worker with a real Prefect 3, as in `load-flows.spec.ts`. */
const PYTHON = process.env['NX_PREFECT_TEST_PYTHON'] ?? resolve(__dirname, '../../../../../.venv/bin/python');
const PATH = 'flows/p/f/flow.py';

/** What flows take: what stands between the brackets of `def`. */
const SIGNATURES = [
  '',
  'a',
  'a, b=1',
  'a: int',
  'a: int = 1, b: str = "x", c: float = 1.5, d: bool = True',
  'a: Optional[int] = None',
  'a: int | None = None',
  'a: Union[int, str] = "é"',
  'a: list[str] = ["x"]',
  'a: list[Order]',
  'a: dict[str, list[int]] = {"x": [1]}',
  'a: set[str] = {"x"}',
  'a: tuple[int, str] = (1, "a")',
  'a: tuple[int, ...] = ()',
  'a: Literal["x", 1, None] = None',
  'a: Kind = Kind.A',
  'a: date = date(2024, 1, 1), b: datetime = datetime(2024, 1, 1), c: time = time(1)',
  'a: datetime = datetime(2024, 1, 1, tzinfo=timezone.utc)',
  'a: timedelta = timedelta(hours=1)',
  'a: Decimal = Decimal("1.10"), b: UUID = UUID(int=1), c: Path = Path("data")',
  'a: SecretStr = SecretStr("no"), b: bytes = b"raw"',
  'a: Order',
  'a: Order = Order(id=1)',
  'a: Optional[Order] = None',
  'a: "Late"',
  'a: list["Late"] = []',
  'a: "Late" = None, b: int = 1',
  'a: Annotated[int, Field(gt=0, le=10, description="How many.")] = 1',
  'a: int = Field(default=3, ge=1)',
  'a: Data',
  'a: Typed',
  'a: Any = None, b: object = None',
  'a: Callable = print',
  'a, /, b, *, c=1',
  '*rest: int, **more: str',
  'a: int = 9007199254740991, b: float = 1e-9',
  'schema: int = 1, copy: str = "b", json: dict = {}',
  'a: dict = {}, b: list = [], c: tuple = ()',
  'a: Sequence[Order] = ()',
  'a: datetime | date | None = None',
  'a: type = int',
  'a: Unknown = 1',
];

const FLOWS = SIGNATURES.map(
  (signature, at) => `@flow
def f${at}(${signature}):
    """Loads.

    Args:
        a: which a
        b (int): which b
    """
`,
);

const FILE = `from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal, Optional, TypeVar, Union
from uuid import UUID
from prefect import flow
from pydantic import BaseModel, Field, SecretStr
from typing_extensions import TypedDict

Unknown = TypeVar("Unknown")
class Kind(Enum):
    A = "a"
    B = "b"
class Item(BaseModel):
    name: str = "x"
    price: Annotated[float, Field(gt=0)] = 1.0
class Order(BaseModel):
    """What to load."""
    id: int
    items: list[Item] = []
    parent: Optional["Order"] = None
@dataclass
class Data:
    x: int = 1
class Typed(TypedDict):
    x: int

${FLOWS.join('\n')}
class Late(BaseModel):
    day: date = date(2024, 1, 1)
`;

/** What `prefect deploy` sends: it loads the file, then makes the schema of the flow. */
const PREFECT = `import json, sys
from prefect.utilities.callables import parameter_schema
from prefect.utilities.importtools import load_script_as_module
module = load_script_as_module(sys.argv[1])
schemas = [parameter_schema(getattr(module, "f%d" % at)) for at in range(int(sys.argv[2]))]
print(json.dumps([schema.model_dump(mode="json", exclude_unset=True) for schema in schemas]))
`;

jest.setTimeout(400_000);

describe('the schemas of flows', () => {
  let root: string;
  beforeAll(() => {
    root = join(realpathSync(mkdtempSync(join(tmpdir(), 'nx-prefect-spec-'))), 'code');
    mkdirSync(dirname(join(root, PATH)), { recursive: true });
    writeFileSync(join(root, PATH), FILE);
  });
  afterAll(() => rmSync(dirname(root), { recursive: true, force: true }));

  it(`are those of prefect deploy, for ${SIGNATURES.length} signatures`, async () => {
    const given = [join(root, PATH), String(SIGNATURES.length)];
    const theirs = JSON.parse(
      execFileSync(PYTHON, ['-c', PREFECT, ...given], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    ) as unknown[];
    let ours = new Map<string | null, FlowObject>();
    const request: LoadRequest = { id: 'f', root, path: PATH, load: 'import', ship: 'script', env: {} };
    for await (const outcome of loadFlows(PYTHON, [request])) {
      if ('error' in outcome) throw outcome.error;
      ours = new Map((outcome.loaded as LoadedPrefect3).flows.map((one) => [one.attribute, one]));
    }
    const schemas = SIGNATURES.map((_, at) => ours.get(`f${at}`)?.parameterOpenapiSchema);
    expect(schemas.map((schema, at) => [SIGNATURES[at], schema])).toEqual(
      theirs.map((schema, at) => [SIGNATURES[at], schema]),
    );
  });
});

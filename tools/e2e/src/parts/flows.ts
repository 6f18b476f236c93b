/** A flow file with its siblings: `tasks.py` and `utils.py` have the same names in every folder. */
export function flowFiles(
  folder: string,
  { name = 'load', value = 1, parameter = 'day: str = "today"', imports = '' } = {},
): Record<string, string> {
  return {
    [`flows/${folder}/flow.py`]: `from prefect import flow
from tasks import work
${imports}

@flow(name="${name}")
def main(${parameter}):
    """Loads ${name}."""
    return work()
`,
    [`flows/${folder}/tasks.py`]: `from prefect import task
from utils import VALUE


@task
def work():
    return VALUE
`,
    [`flows/${folder}/utils.py`]: `VALUE = ${value}\n`,
    [`flows/${folder}/README.md`]: `# ${name}\n\nLoads ${name} every day.\n`,
  };
}

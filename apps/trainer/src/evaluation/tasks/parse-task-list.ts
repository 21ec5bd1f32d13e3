/** A task and its file, as a flag names them. */
export interface TaskRequest {
  readonly name: string;
  readonly path: string;
}

/**
 * Reads `NAME=FILE,NAME=FILE`. A comma that no `NAME=` follows belongs to the file's name.
 *
 * @throws RangeError when a part is not of this form, or a name occurs twice
 */
export function parseTaskList(text: string): TaskRequest[] {
  const requests = text.split(/,(?=[\w.-]+=)/).map((part): TaskRequest => {
    const [, name, path] = /^([\w.-]+)=(.+)$/.exec(part) ?? [];
    if (name === undefined || path === undefined) {
      throw new RangeError(
        `--tasks must be NAME=FILE,NAME=FILE, but got ${JSON.stringify(part)}; for example arc_easy=arc-easy.jsonl`,
      );
    }
    return { name, path };
  });
  const twice = requests.find(({ name }, i) => requests.findIndex((each) => each.name === name) !== i);
  if (twice !== undefined)
    throw new RangeError(`--tasks must name each task once, but ${twice.name} is there twice`);
  return requests;
}

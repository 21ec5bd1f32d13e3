import type { Workspace } from '../workspaces.ts';

/**
 * Checks that the package.json of a published workspace says what npm, bundlers and editors need. Returns one sentence
 * for each thing that is missing or wrong.
 */
export function checkManifest({ folder, manifest }: Workspace): string[] {
  const expected: readonly (readonly [holds: boolean, what: string])[] = [
    [manifest.name === `@nibble-ml/${folder.split('/').at(-1)}`, 'name is @nibble-ml/ and the folder'],
    [(manifest.description ?? '').length > 20, 'description is a sentence'],
    [manifest.license === 'MIT', 'license is MIT'],
    [manifest.type === 'module', 'type is module'],
    [manifest.main === undefined, 'there is no main, only exports'],
    [manifest.repository?.directory === folder, `repository.directory is ${folder}`],
    [manifest.engines?.node === '>=20.19', 'engines.node is >=20.19'],
    [manifest.sideEffects !== undefined, 'sideEffects is given'],
    [manifest.files?.includes('dist') === true, 'files has dist'],
    [manifest.publishConfig?.access === 'public', 'publishConfig.access is public'],
    [manifest.exports?.['.'] !== undefined, 'exports has "."'],
    [manifest.exports?.['./package.json'] === './package.json', 'exports has ./package.json'],
  ];
  const problems = expected
    .filter(([holds]) => !holds)
    .map(([, what]) => `${folder}/package.json: expected that ${what}`);

  for (const [name, entry] of Object.entries(manifest.exports ?? {})) {
    if (typeof entry === 'string') continue;
    const conditions = Object.keys(entry).join(', ');
    if (conditions !== '@nibble-ml/source, types, default') {
      problems.push(
        `${folder}/package.json: exports "${name}" has the conditions ${conditions}, expected @nibble-ml/source, types, default, in this order`,
      );
    }
  }
  // Two copies of tfjs-core have two engines, so a library never brings its own.
  if (folder.startsWith('packages/')) {
    for (const name of Object.keys(manifest.dependencies ?? {})) {
      if (name.startsWith('@tensorflow/'))
        problems.push(`${folder}/package.json: ${name} is a dependency, expected a peer`);
    }
  }
  return problems;
}

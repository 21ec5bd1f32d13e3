import { describe, expect, it } from 'vitest';
import { checkDocuments } from './check-documents.ts';

const workspace = { folder: 'packages/thing', manifest: { name: '@nibble-ml/thing', version: '0.0.0' } };
const readme = '# @nibble-ml/thing\n\n```ts\nconsole.log(1);\n```\n';
const changesets = ["---\n'@nibble-ml/thing': minor\n---\n\nFirst release.\n"];

describe('checkDocuments', () => {
  it('accepts a README with a changeset or a changelog', () => {
    expect(checkDocuments(workspace, { readme, changelog: undefined, changesets })).toEqual([]);
    expect(checkDocuments(workspace, { readme, changelog: '# 0.1.0', changesets: [] })).toEqual([]);
  });
  it('finds what is missing', () => {
    expect(checkDocuments(workspace, { readme: undefined, changelog: undefined, changesets: [] })).toEqual([
      'packages/thing has no README.md',
      'packages/thing has neither a changeset nor a CHANGELOG.md',
    ]);
    expect(checkDocuments(workspace, { readme: '# Thing\n', changelog: undefined, changesets })).toEqual([
      'packages/thing/README.md: the title is not @nibble-ml/thing',
      'packages/thing/README.md has no example (a block of ts or js)',
    ]);
  });
});

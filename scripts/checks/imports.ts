import ts from 'typescript';

/** The module specifiers of a TypeScript file: imports, re-exports, dynamic imports and `import('…')` types. */
export function importSpecifiers(source: string): string[] {
  return ts.preProcessFile(source, true, true).importedFiles.map(({ fileName }) => fileName);
}

/** The npm package of a bare specifier (`@scope/name/path` gives `@scope/name`); undefined for relative and `node:`. */
export function packageOf(specifier: string): string | undefined {
  if (/^(\.|\/|node:)/.test(specifier)) return undefined;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** Whether a file re-exports all of another module (`export *`, also under a name). */
export function reExportsEverything(source: string): boolean {
  if (!/export\s*\*/.test(source)) return false;
  const file = ts.createSourceFile('source.ts', source, ts.ScriptTarget.Latest);
  return file.statements.some(
    (statement) =>
      ts.isExportDeclaration(statement) &&
      (statement.exportClause === undefined || ts.isNamespaceExport(statement.exportClause)),
  );
}

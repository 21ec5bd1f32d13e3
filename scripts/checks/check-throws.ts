import ts from 'typescript';
import type { SourceFile } from './check-layering.ts';

/**
 * Checks that the comment of every exported function that throws by itself says so: that it has `@throws`, or the word
 * "throws" where that is what the function is for. Returns one sentence for each that does not. That there is a comment
 * at all is TypeDoc's check.
 */
export function checkThrows({ file, text }: SourceFile): string[] {
  if (!text.includes('throw ')) return [];
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  return source.statements.filter(isExportedFunction).flatMap((statement) => {
    const comment = text.slice(statement.getFullStart(), statement.getStart(source));
    if (!throwsItself(statement) || /\bthrows\b/i.test(comment)) return [];
    return [`${file}: ${statement.name?.text ?? 'a function'} throws, but its comment has no @throws`];
  });
}

function isExportedFunction(statement: ts.Statement): statement is ts.FunctionDeclaration {
  return (
    ts.isFunctionDeclaration(statement) &&
    statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true
  );
}

/** Functions within are called later, or by others. */
function throwsItself({ body }: ts.FunctionDeclaration): boolean {
  const holdsThrow = (node: ts.Node): boolean =>
    ts.isThrowStatement(node) || (!ts.isFunctionLike(node) && ts.forEachChild(node, holdsThrow) === true);
  return body !== undefined && holdsThrow(body);
}

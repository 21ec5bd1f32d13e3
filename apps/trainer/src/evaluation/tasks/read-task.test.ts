import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parquetWriteFile } from 'hyparquet-writer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTask } from './read-task.ts';
import type { ChoiceDocument, CompletionDocument, TaskDocument } from './task-document.ts';

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../../test/evaluation/${name}`, import.meta.url));

async function documents(name: string, file: string): Promise<Omit<TaskDocument, 'where' | 'kind'>[]> {
  const task = await readTask(name, file.includes('/') ? file : fixture(file));
  return task.documents.map(({ where: _where, kind: _kind, ...document }) => document);
}

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'nibble-tasks-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const ARC = [
  {
    context: 'Question: What falls when it rains?\nAnswer:',
    choices: ['stones', 'water', 'sand'],
    gold: 1,
  },
  {
    context: 'Question: Which of these is cold?\nAnswer:',
    choices: ['ice', 'a fire', 'the sun', 'steam'],
    gold: 0,
  },
];

// The prompts are those that the templates of lm-evaluation-harness give; those of HellaSwag were made with its code.
describe('readTask', () => {
  it.each([
    ['arc_easy', 'arc-original.jsonl', ARC],
    ['arc_challenge', 'arc-hub.jsonl', ARC],
    [
      'hellaswag',
      'hellaswag.jsonl',
      [
        {
          context: 'Baking bread: A man stands in a kitchen. He',
          choices: [
            'swims across the lake.',
            'reads the moon aloud.',
            'kneads the dough on a board.',
            'paints the sea red.',
          ],
          gold: 2,
        },
        {
          context: 'Tying a knot: How to tie a knot. Take the rope in one hand.',
          choices: ['Cross the ends.. Pull.', 'Eat the rope.', 'Sing to it.', 'Boil it.'],
          gold: 0,
        },
      ],
    ],
    [
      'piqa',
      'piqa.jsonl',
      [
        {
          context: 'Question: To dry wet shoes,\nAnswer:',
          choices: ['fill them with paper.', 'fill them with soup.'],
          gold: 0,
        },
        { context: 'Question: To cut a loaf,\nAnswer:', choices: ['use a spoon.', 'use a knife.'], gold: 1 },
      ],
    ],
    [
      'openbookqa',
      'openbookqa.jsonl',
      [{ context: 'A sail is moved by', choices: ['wind', 'light', 'salt', 'sound'], gold: 0 }],
    ],
    [
      'sciq',
      'sciq.json',
      [
        {
          context:
            'Leaves take carbon dioxide from the air.\nQuestion: What do green leaves take from the air?\nAnswer:',
          choices: ['salt', 'sand', 'iron', 'carbon dioxide'],
          gold: 3,
        },
        {
          context: '\nQuestion: What is frozen water called?\nAnswer:',
          choices: ['steam', 'dew', 'smoke', 'ice'],
          gold: 3,
        },
      ],
    ],
    [
      'mine',
      'custom.jsonl',
      [
        { context: 'abcdefghij', choices: ['klmn', 'nmlk'], gold: 0 },
        { context: 'tuv', choices: ['zzzz', 'wxyz', 'x'], gold: 1 },
      ],
    ],
  ])('asks %s of %s as lm-evaluation-harness does', async (name, file, expected) => {
    expect(await documents(name, file)).toEqual(expected);
  });

  it.each(['boolq.jsonl', 'boolq-superglue.jsonl'])('asks boolq of %s', async (file) => {
    expect(await documents('boolq', file)).toEqual([
      {
        context: 'The harbor is open all the year.\nQuestion: is the harbor open in winter?\nAnswer:',
        choices: ['no', 'yes'],
        gold: 1,
      },
      {
        context: 'Ferries sail by day alone.\nQuestion: do the ferries sail at night?\nAnswer:',
        choices: ['no', 'yes'],
        gold: 0,
      },
    ]);
  });

  it('asks for the last word of LAMBADA, also of plain text', async () => {
    expect(await documents('lambada', 'lambada.jsonl')).toEqual([
      { context: 'She looked for her coat, found it on the hook and put on the', completion: ' coat' },
      {
        context: 'He opened the old box with a key, and when he was done he put away the',
        completion: ' key',
      },
    ]);
    const { documents: plain } = await readTask('lambada_standard', fixture('lambada.txt'));
    expect(plain.map((document) => (document as CompletionDocument).completion)).toEqual([' soup', ' clock']);
    expect(plain[1]!.where).toBe(`${fixture('lambada.txt')}:2`);
  });

  it('reads Parquet as the Hugging Face hub has it', async () => {
    const path = join(dir, 'arc.parquet');
    parquetWriteFile({
      filename: path,
      columnData: [
        { name: 'id', data: ['A1', 'A2'] },
        { name: 'question', data: ['What falls when it rains?', 'Which of these is cold?'] },
        {
          name: 'choices',
          data: ARC.map(({ choices }, i) => ({
            text: choices,
            label: choices.map((_, c) => (i === 0 ? 'ABC'[c]! : String(c + 1))),
          })),
        },
        { name: 'answerKey', data: ['B', '1'] },
      ],
      schema: [
        { name: 'root', num_children: 4 },
        { name: 'id', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
        { name: 'question', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
        { name: 'choices', num_children: 2, repetition_type: 'OPTIONAL' },
        { name: 'text', num_children: 1, repetition_type: 'OPTIONAL', converted_type: 'LIST' },
        { name: 'list', num_children: 1, repetition_type: 'REPEATED' },
        { name: 'element', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
        { name: 'label', num_children: 1, repetition_type: 'OPTIONAL', converted_type: 'LIST' },
        { name: 'list', num_children: 1, repetition_type: 'REPEATED' },
        { name: 'element', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
        { name: 'answerKey', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
      ],
    });
    expect(await documents('arc_easy', path)).toEqual(ARC);

    const piqa = join(dir, 'piqa.parquet');
    parquetWriteFile({
      filename: piqa,
      columnData: [
        { name: 'goal', data: ['To dry wet shoes,', 'To cut a loaf,'], type: 'STRING' },
        { name: 'sol1', data: ['fill them with paper.', 'use a spoon.'], type: 'STRING' },
        { name: 'sol2', data: ['fill them with soup.', 'use a knife.'], type: 'STRING' },
        // As the hub has labels: 64-bit integers.
        { name: 'label', data: [0n, 1n], type: 'INT64' },
      ],
    });
    expect(await documents('piqa', piqa)).toEqual(await documents('piqa', 'piqa.jsonl'));
    const wrong = readTask('boolq', piqa);
    await expect(wrong).rejects.toThrow(`${piqa}, row 1: field "passage" must be a text, but there is none`);
  });

  it('reads so many documents as are asked for', async () => {
    const { documents: one } = await readTask('arc_easy', fixture('arc-hub.jsonl'), 1);
    expect(one.map((document) => (document as ChoiceDocument).gold)).toEqual([1]);
  });

  it.each<[string, string, string, RegExp]>([
    [
      'mine',
      'a.jsonl',
      '{"context":"a","choices":["b","c"],"gold":0}\n{"context":',
      /a\.jsonl:2 must be JSON/,
    ],
    ['mine', 'a.jsonl', '["a"]', /a\.jsonl, element 1: the document must be an object, but got "a"/],
    [
      'mine',
      'a.jsonl',
      '{"choices":["b","c"],"gold":0}',
      /:1: field "context" or "query" must be a text, but there is none; the document has choices, gold/,
    ],
    [
      'mine',
      'a.jsonl',
      '{"context":1,"choices":["b","c"],"gold":0}',
      /a\.jsonl:1: field "context" must be a text, but got 1/,
    ],
    [
      'mine',
      'a.jsonl',
      '\n\n{"context":"a","choices":["b"],"gold":0}',
      /a\.jsonl:3: field "choices" must be a list of at least 2 texts, but got \["b"\]/,
    ],
    [
      'mine',
      'a.jsonl',
      '{"context":"a","choices":["b","c"],"gold":2}',
      /field "gold" must be a whole number from 0 to 1, but got 2/,
    ],
    [
      'mine',
      'a.jsonl',
      '{"context":"a","choices":["b",""],"gold":0}',
      /a\.jsonl:1: choice 2 must have at least one character/,
    ],
    ['mine', 'a.jsonl', ' \n', /a\.jsonl must hold documents, but there are none/],
    [
      'helaswag',
      'a.jsonl',
      '{"ctx_a":"a"}',
      /helaswag is read as one of your own, .*did you mean "hellaswag"/,
    ],
    [
      'hellaswag',
      'a.jsonl',
      '{"activity_label":"a","ctx_a":"b","ctx_b":"c","endings":["d","e"],"label":""}',
      /a\.jsonl:1: field "label" must be a whole number from 0 to 1, but got ""/,
    ],
    [
      'arc_easy',
      'a.jsonl',
      '{"question":{"stem":"a"},"answerKey":"A"}',
      /a\.jsonl:1: field "question.choices" must be an object, but there is none; the document has stem/,
    ],
    [
      'arc_easy',
      'a.jsonl',
      '{"question":"a","choices":{"text":["b","c"],"label":["A"]},"answerKey":"A"}',
      /field "choices.label" must be a list of at least 2 texts/,
    ],
    [
      'arc_easy',
      'a.jsonl',
      '{"question":"a","choices":{"text":["b","c"],"label":["A","B"]},"answerKey":"C"}',
      /field "answerKey" must be one of the labels A, B, but got "C"/,
    ],
    [
      'openbookqa',
      'a.jsonl',
      '{"question":{"stem":"a","choices":[{"text":"b","label":"A"},{"text":"c"}]},"answerKey":"A"}',
      /field "question.choices\[1\].label" must be a text, but there is none/,
    ],
    [
      'lambada',
      'a.jsonl',
      '{"text":"alone"}',
      /a\.jsonl:1: field "text" must be words with single spaces between/,
    ],
    [
      'piqa',
      'a.jsonl',
      '{"goal":"a","sol1":"b","sol2":"c"}',
      /a\.jsonl:1: field "label" must be a whole number from 0 to 1, but there is none/,
    ],
    ['boolq', 'a.parquet', 'no parquet', /a\.parquet must be a Parquet file, but reading it says/],
  ])('%s of %s: %j is refused', async (name, file, text, message) => {
    const path = join(dir, file);
    writeFileSync(path, text);
    await expect(readTask(name, path)).rejects.toThrow(message);
  });

  it('names files that are missing, and labels that do not fit', async () => {
    await expect(readTask('mine', join(dir, 'gone.jsonl'))).rejects.toThrow(
      /gone\.jsonl must be .* no such file/,
    );
    await expect(readTask('boolq', join(dir, 'gone.parquet'))).rejects.toThrow(
      /gone\.parquet must be a file, but there is no such file/,
    );
    copyFileSync(fixture('piqa.jsonl'), join(dir, 'valid.jsonl'));
    writeFileSync(join(dir, 'valid-labels.lst'), '0\n1\n1\n');
    await expect(readTask('piqa', join(dir, 'valid.jsonl'))).rejects.toThrow(
      /valid-labels\.lst must have a label for each of the 2 documents of .*valid\.jsonl, but it has 3/,
    );
  });
});

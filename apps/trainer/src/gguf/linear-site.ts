import type { LinearSite } from '@nibble-ml/recipes';

const ROLES = {
  'attention.qkv': 'qkv',
  'attention.output': 'o',
  'mlp.gate_up': 'fc1',
  'mlp.down': 'fc2',
} as const;

/** The linear layer that a parameter is the weight of; undefined for norms and the embedding. */
export function siteOf(parameter: string): LinearSite | undefined {
  if (parameter === 'head.weight') return { role: 'head', block: null };
  const [, block, field] = /^blocks\.(\d+)\.(.+)\.weight$/.exec(parameter) ?? [];
  if (field === undefined || !Object.hasOwn(ROLES, field)) return undefined;
  return { role: ROLES[field as keyof typeof ROLES], block: Number(block) };
}

import { createContext } from 'preact';
import type { Context } from 'preact';
import { useContext } from 'preact/hooks';
import type { Lab } from './lab.ts';

/** Hands the lab to every part of the page. */
export const LabContext: Context<Lab | undefined> = createContext<Lab | undefined>(undefined);

/**
 * The lab that the page shows.
 *
 * @throws Error outside of the page
 */
export function useLab(): Lab {
  const lab = useContext(LabContext);
  if (lab === undefined) throw new Error('useLab: the component must be inside of LabContext, but is not');
  return lab;
}

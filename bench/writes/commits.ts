import type { Commit } from '../../sandbox/ledger.ts';

/** What a simulator has committed after the commit of this number, in order, read from its control route. */
export const commitsAt = async (url: string, after = 0): Promise<readonly Commit[]> => {
  const answer = await fetch(`${url}/_control/commits?after=${after}`);
  if (!answer.ok) throw new Error(`A simulator does not tell its commits: ${answer.status}.`);
  return ((await answer.json()) as { readonly commits: readonly Commit[] }).commits;
};

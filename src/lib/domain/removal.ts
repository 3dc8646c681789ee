/**
 * Why the words of a comment, and who wrote it, are gone: the workspace keeps them for a while only
 * (`retention`), or the person asked for it (`erasure`).
 */
export const REMOVALS = ['retention', 'erasure'] as const;
export type Removal = (typeof REMOVALS)[number];

/** What stands for the handle of a viewer whose comments were removed by retention. */
export const REMOVED_VIEWER = 'Removed viewer';
/** What stands for the handle of a buyer whose personal data was erased. */
export const ERASED_BUYER = 'Erased buyer';

/** What stands where the comment's text stood. */
export function removalWords(removal: Removal): string {
	return removal === 'retention' ? 'removed by retention' : 'erased on request';
}

const ERASED_KEY = /^[a-z][a-z0-9_-]{0,31}:erased-[0-9a-f]{24}$/;

/** Whether the key is the pseudonym of somebody whose data was erased (server/history/redaction). */
export function isErasedBuyer(buyerKey: string): boolean {
	return ERASED_KEY.test(buyerKey);
}

/** How a new show can start. */
export type Way = 'scratch' | 'csv' | 'copy';

/** Former shows that are offered for copying at a time. */
export const COPY_PAGE_ROWS = 20;

/** The way that the address asks for; from scratch unless it is another one. */
export function wayOf(from: string | null): Way {
	return from === 'csv' || from === 'copy' ? from : 'scratch';
}

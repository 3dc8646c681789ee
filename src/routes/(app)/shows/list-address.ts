import { resolve } from '$app/paths';
import type { ShowStatus } from '$lib/domain/events.ts';

export type ListView = {
	readonly search: string;
	readonly status: ShowStatus | null;
	/** Where the page starts; left out for the newest shows. */
	readonly cursor?: string;
};

/** The address of the list of shows as one sees it, without what is at its default. */
export function listAddress({ search, status, cursor }: ListView) {
	const query = new URLSearchParams();
	if (search.trim() !== '') query.set('search', search.trim());
	if (status !== null) query.set('status', status);
	if (cursor !== undefined) query.set('cursor', cursor);
	return resolve(query.size === 0 ? '/shows' : `/shows?${query}`);
}

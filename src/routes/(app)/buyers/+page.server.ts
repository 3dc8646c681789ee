import { readView } from '$lib/buyers/list-view.ts';
import { orErrorPage, requireMember } from '../../page-access.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	requireMember(locals, url);
	const view = readView(url.searchParams);
	const cursor = url.searchParams.get('cursor');
	const { api } = locals;
	const [{ buyers, nextCursor }, tags] = await orErrorPage(
		locals,
		url,
		Promise.all([api.buyers.directory({ ...view, cursor, limit: 50 }), api.buyers.tags()])
	);
	return {
		view,
		buyers,
		nextCursor,
		tags,
		isFirstPage: cursor === null,
		/** Somebody who was no buyer was erased a moment ago. */
		hasErased: url.searchParams.has('erased')
	};
};

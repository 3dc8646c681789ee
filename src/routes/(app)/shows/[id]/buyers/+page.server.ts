import { readView } from '$lib/buyers/list-view.ts';
import { mayOperate } from '$lib/server/auth/member.ts';
import { orErrorPage, requireMember } from '../../../../page-access.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const member = requireMember(locals, url);
	const view = readView(url.searchParams);
	const cursor = url.searchParams.get('cursor');
	const { search, tag, blocked } = view;
	const showId = params.id;
	const { api } = locals;
	const [show, { buyers, nextCursor }, tags] = await orErrorPage(
		locals,
		url,
		Promise.all([
			api.buyers.show({ showId }),
			api.buyers.list({ showId, search, tag, blocked, cursor, limit: 50 }),
			api.buyers.tags()
		])
	);
	return {
		show,
		view,
		buyers,
		nextCursor,
		tags,
		isFirstPage: cursor === null,
		mayOperate: mayOperate(member.role)
	};
};

import { error } from '@sveltejs/kit';
import { parseBuyerRef } from '$lib/domain/buyer-ref.ts';
import { orErrorPage, requireMember } from '../../../../../page-access.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
	requireMember(locals, url);
	const ref = url.searchParams.get('buyer');
	const buyerKey = ref === null ? null : parseBuyerRef(ref);
	if (ref !== null && buyerKey === null) error(404, { message: 'There is no such buyer.' });
	const showId = params.id;
	const { buyers } = locals.api;
	const [show, { workspace, slips }] = await orErrorPage(
		locals,
		url,
		Promise.all([buyers.show({ showId }), buyers.slips({ showId, buyerKey })])
	);
	const layout: 'pages' | 'compact' =
		url.searchParams.get('layout') === 'compact' ? 'compact' : 'pages';
	return { show, workspace, slips, layout, ref };
};

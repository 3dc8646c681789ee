import { error } from '@sveltejs/kit';
import { parseBuyerRef } from '$lib/domain/buyer-ref.ts';
import { isErasedBuyer } from '$lib/domain/removal.ts';
import { may } from '$lib/server/auth/permissions.ts';
import { orErrorPage, requireMember } from '../../../page-access.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const member = requireMember(locals, url);
	const buyerKey = parseBuyerRef(params.ref);
	if (buyerKey === null) error(404, { message: 'There is no such buyer.' });
	const { buyers } = locals.api;
	const cursor = url.searchParams.get('cursor');
	const [person, { claims, nextCursor }, releasable, tags] = await orErrorPage(
		locals,
		url,
		Promise.all([
			buyers.get({ buyerKey }),
			buyers.claims({ buyerKey, cursor, limit: 50 }),
			buyers.claims({ buyerKey, releasable: true, limit: 100 }),
			buyers.tags()
		])
	);
	return {
		buyerKey,
		person,
		claims,
		nextCursor,
		releasable: releasable.claims,
		tags,
		// Nobody is left of whom something could be noted.
		mayNote: may(member.role, 'noteBuyers') && !isErasedBuyer(buyerKey),
		mayRelease: may(member.role, 'runShows'),
		mayErase: may(member.role, 'erasePersonalData') && !isErasedBuyer(buyerKey),
		isErased: isErasedBuyer(buyerKey)
	};
};

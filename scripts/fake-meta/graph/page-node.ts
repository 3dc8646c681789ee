import { canSeePage } from './access.ts';
import type { Caller } from './access.ts';
import type { Parts } from '../parts.ts';
import { allows } from '../world/grant.ts';
import type { FakePage } from '../world/page.ts';
import type { Node } from './fields.ts';

/** A page as the Graph API knows it; its token only for whom it is. */
export function pageNode(parts: Parts, page: FakePage, caller: Caller): Node {
	const { token, person } = caller;
	const mayHaveToken = token.kind === 'user' && canSeePage(caller, page);
	const own = caller.page === page ? token : null;
	const pageToken = mayHaveToken ? parts.tokens.pageToken(token, page) : own;
	const maySeeInstagram =
		allows(person.grant, 'instagram_basic') &&
		person.grant?.instagramIds.has(page.instagram?.id ?? '');
	return {
		id: page.id,
		name: page.name,
		access_token: pageToken?.value,
		category: 'Shopping',
		category_list: [{ id: '2256', name: 'Shopping' }],
		tasks: page.roles.get(person.id),
		link: `https://www.facebook.com/${page.id}`,
		username: undefined,
		fan_count: 4_210,
		followers_count: 4_302,
		// Absent when no professional account is linked, or the person did not allow to see it.
		instagram_business_account:
			page.instagram && maySeeInstagram
				? { id: page.instagram.id, username: page.instagram.username }
				: undefined
	};
}

import { z } from 'zod';
import { showStatusSchema } from '$lib/server/event-schema.ts';
import { mayOperate } from '$lib/server/auth/member.ts';
import { MAX_NAME_TEXT } from '$lib/domain/text.ts';
import { orErrorPage, requireMember } from '../../page-access.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const member = requireMember(locals, url);
	const search = (url.searchParams.get('search') ?? '').trim().slice(0, MAX_NAME_TEXT);
	const status = showStatusSchema.safeParse(url.searchParams.get('status')).data ?? null;
	const cursor = z.uuid().safeParse(url.searchParams.get('cursor')).data ?? null;
	const page = await orErrorPage(
		locals,
		url,
		locals.api.shows.list({ cursor, search, status, limit: 30 })
	);
	return {
		...page,
		search,
		status,
		isFirstPage: cursor === null,
		mayOperate: mayOperate(member.role)
	};
};

import { auditFilter, readAuditView } from '$lib/audit/audit-view.ts';
import { orErrorPage, requireMember } from '../../page-access.ts';
import type { PageServerLoad } from './$types';

const PAGE_ENTRIES = 50;

export const load: PageServerLoad = async ({ locals, url }) => {
	const { workspace } = requireMember(locals, url);
	const view = readAuditView(url.searchParams);
	const cursor = /^[0-9]{1,18}$/.exec(url.searchParams.get('cursor') ?? '')?.[0] ?? null;
	const { audit } = locals.api;
	const filter = auditFilter(view, workspace.timeZone);
	const [page, choices] = await orErrorPage(
		locals,
		url,
		Promise.all([audit.list({ ...filter, cursor, limit: PAGE_ENTRIES }), audit.choices()])
	);
	return { ...page, choices, view, filter, isFirstPage: cursor === null, pageSize: PAGE_ENTRIES };
};

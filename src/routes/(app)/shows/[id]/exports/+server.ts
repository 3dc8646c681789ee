import { exportStatus } from '$lib/server/exports/endpoint.ts';
import { exportServices } from './services.ts';
import { orErrorPage, requireMember } from '../../../../page-access.ts';
import type { RequestHandler } from './$types';

/** Whether the show's files can be had now, and if not, why. */
export const GET: RequestHandler = async ({ locals, params, url }) => {
	const page = new URL(`/shows/${encodeURIComponent(params.id)}/summary`, url);
	const { workspace } = requireMember(locals, page);
	return await orErrorPage(
		locals,
		page,
		exportStatus(exportServices(), { workspaceId: workspace.id, showId: params.id })
	);
};

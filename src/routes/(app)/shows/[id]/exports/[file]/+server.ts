import { error } from '@sveltejs/kit';
import { readCsvStyle } from '$lib/server/exports/csv-style.ts';
import { answerExport } from '$lib/server/exports/endpoint.ts';
import { findExportFile } from '$lib/server/exports/export-file.ts';
import { exportServices } from '../services.ts';
import { orErrorPage, requireMember } from '../../../../../page-access.ts';
import type { RequestEvent, RequestHandler } from './$types';

async function answer(event: RequestEvent): Promise<Response> {
	const { locals, params, request, url } = event;
	// Back to a page, not to a file: the browser would stay on the sign-in page and save something.
	const page = new URL(`/shows/${encodeURIComponent(params.id)}/summary`, url);
	const { workspace } = requireMember(locals, page);
	const file = findExportFile(params.file);
	if (file === null) error(404, { message: 'There is no such file.' });
	return await orErrorPage(
		locals,
		page,
		answerExport(exportServices(), {
			workspaceId: workspace.id,
			showId: params.id,
			file,
			style: readCsvStyle(url.searchParams),
			headersOnly: request.method === 'HEAD',
			requestId: locals.requestId
		})
	);
}

/** One of the show's files (`EXPORT_FILES`), for any member; the query says how a CSV is written (`readCsvStyle`). */
export const GET: RequestHandler = answer;

export const HEAD: RequestHandler = answer;
